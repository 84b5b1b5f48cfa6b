#!/bin/sh
# Part of virt2xen's guest kit.
# Installs or uninstalls the kit in this guest, or below a directory:
#   sh install.sh [--root DIR]
#   sh install.sh --uninstall [--root DIR]
set -eu
mark="Part of virt2xen's guest kit."
root=
action=install
while [ $# -gt 0 ]; do
  case $1 in
    --root)
      [ $# -ge 2 ] || {
        echo "install.sh: --root requires a directory" >&2
        exit 2
      }
      root=${2%/}
      shift 2
      ;;
    --uninstall)
      action=uninstall
      shift
      ;;
    *)
      echo "usage: sh install.sh [--uninstall] [--root DIR]" >&2
      exit 2
      ;;
  esac
done
here=$(dirname -- "$0")

# put FILE TARGET MODE: installs or removes a file. Files that do not contain $mark are never changed.
put() {
  target=$root$2
  if [ "$action" = uninstall ]; then
    if [ -f "$target" ] && grep -qF "$mark" "$target"; then
      rm -f -- "$target"
      echo "removed $target"
    fi
    return
  fi
  if [ -e "$target" ] && ! grep -qF "$mark" "$target"; then
    echo "install.sh: $target does not belong to the kit and is not replaced; the kit is incomplete" >&2
    status=1
    return
  fi
  mkdir -p -- "$(dirname -- "$target")"
  cp -- "$here/$1" "$target.new"
  chmod "$3" "$target.new"
  mv -f -- "$target.new" "$target"
  echo "installed $target"
}

status=0
put xen-channel-name /usr/lib/xen-channel/xen-channel-name 755
put xen-channel-agent /usr/lib/xen-channel/xen-channel-agent 755
put xen-channel-raw /usr/lib/xen-channel/xen-channel-raw 755
put 60-xen-channel.rules /etc/udev/rules.d/60-xen-channel.rules 644
put xen-channel-raw@.service /etc/systemd/system/xen-channel-raw@.service 644
put qemu-guest-agent.conf /etc/systemd/system/qemu-guest-agent.service.d/xen-channel.conf 644

# No login prompt on channels: a getty would answer the client of the agent.
for number in 1 2 3 4 5 6 7; do
  unit=$root/etc/systemd/system/serial-getty@hvc$number.service
  if [ "$action" = install ]; then
    [ -e "$unit" ] || [ -L "$unit" ] || ln -s /dev/null "$unit"
  elif [ -L "$unit" ] && [ "$(readlink "$unit")" = /dev/null ]; then
    rm -f -- "$unit"
  fi
done

if [ "$action" = install ] && [ -z "$root" ]; then
  command -v xenstore-read >/dev/null 2>&1 ||
    echo "install.sh: xenstore-read is missing: install xenstore-utils (Debian) or xen-runtime (Fedora)" >&2
fi
if [ -z "$root" ] && command -v udevadm >/dev/null 2>&1; then
  if command -v systemctl >/dev/null 2>&1; then
    systemctl daemon-reload || true
  fi
  udevadm control --reload || true
  udevadm trigger --action=change --subsystem-match=tty --sysname-match='hvc[1-7]' || true
fi
exit "$status"
