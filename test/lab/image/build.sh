#!/bin/sh
# Builds what a lab boots from, with Debian's packages alone:
#
#   build.sh SUITE MIRROR PACKAGE,PACKAGE... DIRECTORY
#
# leaves in DIRECTORY
#   dom0.img   the root file system of dom0
#   xen.elf    the hypervisor; QEMU's multiboot takes it uncompressed
#   vmlinux    the kernel of dom0, and of the guests; uncompressed, too
#   initrd     mounts the disks
#   guest.cpio the programs of a guest; its /init comes with each run
#
# Only root can do it: debootstrap makes devices and runs the packages' scripts in a chroot.
set -eu

suite=$1 mirror=$2 packages=$3 directory=$4
tree=$directory/tree
guest=$directory/guest

say() { printf 'lab image %s: %s\n' "$suite" "$1"; }

# A program with the libraries it names, and the loader, into the guest.
copy_program() {
  mkdir -p "$guest/bin"
  cp -L "$tree$1" "$guest/bin/"
  for library in $(chroot "$tree" ldd "$1" | grep -o '/[^ ]*'); do
    mkdir -p "$guest${library%/*}"
    cp -L "$tree$library" "$guest$library"
  done
}

# The kernel inside a bzImage, whose header says where (Documentation/arch/x86/boot.rst): Xen and libxl
# would unpack it at each boot, which is slow when emulated.
extract_kernel() {
  field() { od -An -j "$2" -N "$3" -t "u$3" "$1" | tr -d ' '; }
  start=$((($(field "$1" 497 1) + 1) * 512 + $(field "$1" 584 4)))
  tail -c +$((start + 1)) "$1" | head -c "$(field "$1" 588 4)" >"$directory/payload"
  # The last four bytes of the payload are its length, which is none of the compressor's business.
  case $(head -c 4 "$directory/payload" | od -An -t x1) in
    *fd*37*7a*58*) xz --single-stream -dc "$directory/payload" ;;
    *28*b5*2f*fd*) head -c -4 "$directory/payload" | zstd -dc ;;
    *) echo 'the kernel is compressed in a new way' >&2; exit 1 ;;
  esac
  rm "$directory/payload"
}

# Debian's own initrd finds any disk of any machine; this one knows where it is, and takes seconds less.
make_initrd() {
  initrd=$directory/initrd.tree
  mkdir -p "$initrd/bin" "$initrd/dev" "$initrd/root" "$initrd/modules"
  cp "$tree/bin/busybox" "$initrd/bin/busybox"
  chroot "$tree" modprobe -S "$1" --show-depends -a virtio_pci virtio_blk ext4 crc32c_generic |
    awk '$1 == "insmod" && !seen[$2]++ { print 100 + NR, $2 }' |
    while read -r number module; do
      case $module in
        *.xz) xz -dc "$tree$module" ;;
        *) cat "$tree$module" ;;
      esac >"$initrd/modules/$number.ko"
    done
  cat >"$initrd/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t devtmpfs devtmpfs /dev
for module in /modules/*; do insmod "$module"; done
until [ -b /dev/vda ] && [ -b /dev/vdb ]; do sleep 0.1; done
mount -t ext4 /dev/vda /root
# Whatever a run needs besides comes on a second disk; see machine/run-image.ts.
mount -t ext4 -o ro /dev/vdb /root/lab
mount -o move /dev /root/dev
exec switch_root /root /lab/init.sh
INIT
  chmod 755 "$initrd/init"
  (cd "$initrd" && find . | cpio --quiet -o -H newc) >"$directory/initrd"
  rm -rf "$initrd"
}

say "debootstrap"
debootstrap --variant=minbase --include="$packages" "$suite" "$tree" "$mirror"
rm -rf "$tree"/var/cache/apt/* "$tree"/var/lib/apt/lists/* "$tree"/usr/share/doc "$tree"/usr/share/locale

say "what QEMU loads"
gzip -dc "$tree"/boot/xen-*-amd64.gz >"$directory/xen.elf"
extract_kernel "$tree"/boot/vmlinuz-* >"$directory/vmlinux"
make_initrd "$(basename "$tree"/lib/modules/*)"

say "the programs of a guest"
mkdir -p "$guest/bin"
for program in /bin/busybox /usr/bin/xenstore-read /usr/bin/xenstore-list /usr/bin/xenstore-write \
  /usr/sbin/qemu-ga /usr/bin/udevadm; do
  copy_program "$program"
done
ln -s udevadm "$guest/bin/systemd-udevd"
for applet in $(chroot "$tree" busybox --list); do
  [ -e "$guest/bin/$applet" ] || ln -s busybox "$guest/bin/$applet"
done
(cd "$guest" && find . | cpio --quiet -o -H newc) >"$directory/guest.cpio"

say "the file system of dom0"
mkdir "$tree/lab"
mkfs.ext4 -q -F -d "$tree" "$directory/dom0.img" 4G

rm -rf "$tree" "$guest"
say "built"
