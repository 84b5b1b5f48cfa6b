# Runs in dom0 and converts /dev/vdc, a copy of dom0's Debian, to the disk of a guest: systemd, udev, an unmodified
# qemu-ga, and virt2xen's guest kit. A PV guest boots from the kernel of dom0 and /run/debian/initrd, an HVM guest
# from the disk /run/debian/boot.img. A second run does nothing.
set -eu
[ ! -e /run/debian/initrd ] || exit 0
root=/run/debian/root
mkdir -p "$root"
mount -t ext4 /dev/vdc "$root"

virt2xen guest-kit /run/debian/kit
sh /run/debian/kit/install.sh --root "$root"

# Without a machine ID, systemd would treat it as a first boot and enable everything.
tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
echo debian >"$root/etc/hostname"
# A guest does not need the services of a host, and emulation is slow.
rm -rf "$root"/etc/systemd/system/*.wants "$root"/etc/rc?.d/*
touch "$root/etc/.updated" "$root/var/.updated"

# An initrd for exactly this disk.
tree=/run/debian/initrd.tree
mkdir -p "$tree/bin" "$tree/modules"
cp /bin/busybox "$tree/bin/"
modprobe -S "$(uname -r)" --show-depends -a xen-blkfront ext4 crc32c_generic |
  awk '$1 == "insmod" && !seen[$2]++ { print 100 + NR, $2 }' |
  while read -r number module; do
    case $module in
      *.xz) busybox xz -dc "$module" ;;
      *) cat "$module" ;;
    esac >"$tree/modules/$number.ko"
  done
cat >"$tree/init" <<'INIT'
#!/bin/busybox sh
busybox=/bin/busybox
$busybox mkdir -p /dev /root
$busybox mount -t devtmpfs devtmpfs /dev
for module in /modules/*; do $busybox insmod "$module"; done
until [ -b /dev/xvda ]; do $busybox sleep 0.1; done
$busybox mount -t ext4 /dev/xvda /root
$busybox mount -o move /dev /root/dev
exec $busybox switch_root /root /sbin/init
INIT
chmod 755 "$tree/init"
(cd "$tree" && find . | busybox cpio -o -H newc 2>/dev/null) >/run/debian/initrd.new
rm -rf "$tree"

umount "$root"

# With Xen, a BIOS boots the first IDE disk. The first sector of this disk, which ext4 does not use, loads and starts
# the first sector of the second disk:
#   xor ax, ax; mov ds, ax; mov es, ax; mov ss, ax; mov sp, 0x7c00; cld
#   mov si, 0x7c00; mov di, 0x600; mov cx, 256; rep movsw; jmp 0:0x61c
#   mov ax, 0x201; mov bx, 0x7c00; mov cx, 1; mov dx, 0x81; int 0x13; jmp 0:0x7c00
{
  printf '\061\300\216\330\216\300\216\320\274\000\174\374'
  printf '\276\000\174\277\000\006\271\000\001\363\245\352\034\006\000\000'
  printf '\270\001\002\273\000\174\271\001\000\272\201\000\315\023\352\000\174\000\000'
} | dd of=/dev/vdc conv=notrunc status=none
printf '\125\252' | dd of=/dev/vdc bs=1 seek=510 conv=notrunc status=none
sh /lab/guest/boot-disk /run/debian/boot.img "/boot/vmlinuz-$(uname -r)" /run/debian/initrd.new
mv /run/debian/initrd.new /run/debian/initrd
