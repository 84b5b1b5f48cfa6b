#!/bin/sh
# Runs the qemu-ga of a lab's guest in namespaces and on file systems of its own, where it cannot reach this host:
#
#   unshare --mount --pid --uts --ipc --fork --kill-child sh namespace.sh GUEST SCRATCH SHARED [OPTION...]
#
# If there is `tty` in SHARED, it is the link to a terminal, which the agent opens in place of the socket.
# GUEST is guest.cpio of a lab's image (test/lab/image/build.sh); SCRATCH is an empty directory; SHARED, a directory in
# a tmpfs, is where the agent listens on `agent`.
set -eu

guest=$1 scratch=$2 shared=$3
shift 3

mount --make-rprivate /
mount -t tmpfs tmpfs "$scratch"
cd "$scratch"
cpio -idm --quiet <"$guest"
mkdir -p proc sys dev run tmp etc root home/alice
chroot . /bin/busybox --install -s /bin
mount -t proc proc proc
# Nobody suspends this host.
mount -t sysfs -o ro sysfs sys
mount -t tmpfs tmpfs dev
for device in null zero; do
  : >"dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
# At the same path: the kernel knows a socket by the one that it was bound to.
mkdir -p "./$shared"
mount --bind "$shared" "./$shared"
hostname guest

cat >etc/os-release <<'FILE'
ID=lab
PRETTY_NAME="The guest of a lab"
FILE
printf 'root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n' >etc/passwd
printf 'root:x:0:\nalice:x:1000:\n' >etc/group
chown 1000:1000 home/alice
# What the agent runs for these commands is written down.
for program in shutdown chpasswd; do
  rm -f "bin/$program" "sbin/$program"
done
mkdir -p sbin
printf '#!/bin/sh\necho "$*" >>/run/shutdown\n' >sbin/shutdown
printf '#!/bin/sh\nread -r line; echo "$* $line" >>/run/chpasswd\n' >bin/chpasswd
chmod 755 sbin/shutdown bin/chpasswd

# The agent freezes what is mounted from a device: that would be this host's.
if grep '^/' proc/1/mounts | grep " $scratch"; then
  echo 'a file system of this host is within reach' >&2
  exit 1
fi
set -- -m unix-listen -p "$shared/agent" "$@"
if [ -e "$shared/tty" ]; then
  : >dev/agent
  mount --bind "$(readlink -f "$shared/tty")" dev/agent
  shift 4
  set -- -m isa-serial -p /dev/agent "$@"
fi

# It keeps this host's clock, and its power.
exec setpriv --bounding-set=-sys_time,-sys_boot,-sys_module --inh-caps=-all \
  chroot . /bin/qemu-ga -t /run -f /run/qemu-ga.pid "$@"
