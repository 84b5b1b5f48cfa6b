#!/bin/sh
# The first process of dom0, started by the initrd (see image/build.sh). It starts Xen's daemons and sshd, reports on
# the console that the lab is ready, and remains as init.
#
# There is no systemd: a lab needs only a few of its services, and emulation is slow.

PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
for directory in /usr/lib/xen-*/bin; do PATH=$directory:$PATH; done
export PATH HOME=/root

fail() {
  echo "lab: failed: $1"
  sync
  echo o >/proc/sysrq-trigger
  sleep 60
}

# wait_for SECONDS WHAT COMMAND...
wait_for() {
  tries=$(($1 * 5)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "$what does not come up"
    sleep 0.2
  done
}

mountpoint -q /proc || mount -t proc proc /proc
mountpoint -q /sys || mount -t sysfs sysfs /sys
mkdir -p /dev/pts /dev/shm
mount -t devpts devpts /dev/pts
mount -t tmpfs tmpfs /dev/shm
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs tmpfs /tmp
mount -t cgroup2 cgroup2 /sys/fs/cgroup
# The host's name, and below its address, are options of the kernel (see wire.ts).
hostname "$lab_host"

# Xen
for module in xenfs xen-evtchn xen-gntdev xen-gntalloc xen-privcmd; do modprobe "$module"; done
mount -t xenfs xenfs /proc/xen
mkdir -p /run/xenstored /run/xen /run/lock /var/log/xen/console
xenstored --pid-file /run/xenstored.pid
wait_for 60 xenstored xenstore-ls /
xen-init-dom0
xenconsoled --pid-file=/run/xenconsoled.pid --log=guest --log-dir=/var/log/xen/console

# Access from the host: QEMU's user network forwards a port of the host to sshd.
modprobe virtio_net
wait_for 60 'the network card' test -e /sys/class/net/eth0
ip link set lo up
ip addr add 10.0.2.15/24 dev eth0
ip link set eth0 up
# The other host, if there is one. Large frames, because each costs an emulated machine the same.
ip addr add "$lab_address/24" dev eth1
ip link set eth1 mtu 65000 up
mkdir -p /run/sshd /run/lab /run/pids
# sshd requires that only its user can read its keys; the files on the disk belong to a user of the host.
cp -r /lab/ssh /run/ssh
chown -R 0:0 /run/ssh
chmod -R go= /run/ssh
echo "SetEnv PATH=$PATH" >>/run/ssh/sshd_config
/usr/sbin/sshd -f /run/ssh/sshd_config || fail 'sshd'

# The boot disk of HVM guests.
mkdir /run/guest
# HVM guests can load what virtio-serial requires; the kernel unpacks concatenated archives.
mkdir -p /run/guest/tree/modules
modprobe --show-depends virtio_pci >/run/guest/modules || true
modprobe --show-depends virtio_console >>/run/guest/modules || true
awk '$1 == "insmod" && !seen[$2]++ { print 100 + NR, $2 }' /run/guest/modules | while read -r number module; do
  case $module in
    *.xz) xz -dc "$module" ;;
    *) cat "$module" ;;
  esac >"/run/guest/tree/modules/$number.ko"
done
(cd /run/guest/tree && find modules | busybox cpio -o -H newc 2>/dev/null) >/run/guest/modules.cpio
cat /lab/guest/initramfs /run/guest/modules.cpio >/run/guest/initramfs
sh /lab/guest/boot-disk /run/guest/boot.img "/boot/vmlinuz-$(uname -r)" /run/guest/initramfs pci=noearly ||
  fail 'boot-disk'

# The program under test, and Node.
ln -s /lab/node /usr/local/bin/node
ln -s /opt/virt2xen/package/dist/cli/main.cjs /usr/local/bin/virt2xen
node --version >/run/node-version || fail "the host's node does not run in dom0"

echo 'lab: ready'
while :; do sleep 3600; done
