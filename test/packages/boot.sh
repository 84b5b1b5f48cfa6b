#!/bin/sh
# Boots a tree with its own systemd, as a container: PID 1 of namespaces of its own, which end with it.
#
#   boot.sh ROOT [LOG]
#
# Prints a command that runs another one there, once the boot is complete. No network, no devices but the harmless ones.
set -eu
root=$1 log=${2:-/dev/null}
unshare --mount --pid --cgroup --uts --ipc --fork sh -euc '
  mount -t proc proc "$1/proc"
  mount -t sysfs -o ro sysfs "$1/sys"
  # Not that of the machine, where other versions of systemd find what they do not support.
  mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
  mount -t tmpfs -o mode=755 tmpfs "$1/run"
  mount -t tmpfs -o mode=755 tmpfs "$1/dev"
  for device in null zero full random urandom tty; do
    touch "$1/dev/$device"
    mount --bind "/dev/$device" "$1/dev/$device"
  done
  exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin chroot "$1" /usr/lib/systemd/systemd \
    --system --show-status=0 --log-target=console --unit=multi-user.target' sh "$root" >"$log" 2>&1 &
unshare=$!
init=
until [ -n "$init" ]; do
  if ! [ -d "/proc/$unshare" ]; then
    cat "$log" >&2
    exit 1
  fi
  init=$(cat "/proc/$unshare/task/$unshare/children")
done
init=${init% }
environment='PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8'
enter="env -i $environment nsenter --target=$init --mount --pid --cgroup --uts --ipc --root --wd"
# Before systemd listens, it has no state.
until $enter systemctl is-system-running --wait 2>/dev/null | grep -Eqx 'running|degraded'; do
  if ! [ -d "/proc/$init" ]; then
    cat "$log" >&2
    exit 1
  fi
  sleep 0.2
done
echo "$enter"
