#!/bin/sh
# The first process of a guest. It reads commands from the primary console, one per line, as sent by guest/console.ts,
# and answers with their output and exit status:
#
#   7 channels
#   @7<
#   1 org.qemu.guest_agent.0 4
#   @7=0
#
# The functions below are commands for the scenarios.

export PATH=/bin HOME=/
mkdir -p /proc /sys /dev /run/jobs /tmp
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
dmesg -n 1 # no kernel messages between the answers
stty -echo -onlcr

# channels: DEVID STATE NAME of each channel that the kernel has
channels() {
  for device in /sys/bus/xen/devices/console-*; do
    [ -e "$device" ] || continue
    devid=${device##*-}
    name=$(xenstore-read "device/console/$devid/name" 2>/dev/null)
    echo "$devid $(cat "$device/state") $name"
  done
}

# raw TTY...: makes each /dev/hvcTTY raw. A tty returns to its initial settings when the last process closes it, so this
# process keeps it open, on descriptor TTY + 2, because ash has ten descriptors and a guest has seven channels. A
# restore hangs up the terminals. A process that opens one before Linux has removed it, shortly after the last close,
# gets the dead terminal or an error (hvc_console.c: hvc_install finds it by number, until a worker has called
# hvc_cleanup).
raw() {
  tries=0
  close_terminals "$@"
  until open_terminals "$@"; do
    close_terminals "$@"
    tries=$((tries + 1))
    [ "$tries" -lt 20 ] || return 1
  done
}

# close_terminals TTY...: closes those that are open, and gives Linux the time to remove them
close_terminals() {
  closed=
  for tty; do
    fd=$((tty + 2))
    [ -e "/proc/1/fd/$fd" ] || continue
    eval "exec $fd>&-"
    closed=yes
  done
  [ -z "$closed" ] || sleep 1
}

# open_terminals TTY...: until one fails. `command` prevents ash from exiting if exec fails.
open_terminals() {
  for tty; do
    fd=$((tty + 2)) tries_of_one=0
    until eval "command exec $fd<>/dev/hvc$tty" && stty -F "/dev/hvc$tty" raw -echo; do
      eval "exec $fd>&-"
      tries_of_one=$((tries_of_one + 1))
      [ "$tries_of_one" -lt 10 ] || return 1
      sleep 0.2
    done
  done
}

# echo_lines TTY: answers each line with "echo:" and the line, until it is killed
echo_lines() {
  while read -r line; do echo "echo:$line"; done <"/dev/hvc$1" >"/dev/hvc$1"
}

# send TTY COUNT: sends COUNT random bytes; prints their SHA-256
send() {
  head -c "$2" /dev/urandom >"/tmp/send$1"
  cat "/tmp/send$1" >"/dev/hvc$1"
  sha256sum <"/tmp/send$1" | cut -d ' ' -f 1
}

# sink TTY COUNT: receives COUNT bytes; prints their SHA-256
sink() {
  head -c "$2" <"/dev/hvc$1" | sha256sum | cut -d ' ' -f 1
}

# agent TTY: Debian's unmodified QEMU guest agent
agent() { qemu-ga -m isa-serial -p "/dev/hvc$1" -t /run; }

# load_virtio: loads the drivers of virtio-serial, in an HVM guest
load_virtio() {
  for module in /modules/*.ko; do [ ! -e "$module" ] || insmod "$module" || true; done
  until [ -d /sys/class/virtio-ports ]; do sleep 0.1; done
}

while read -r id command; do
  eval "$command" >/run/output 2>&1 </dev/null
  status=$?
  printf '@%s<\n' "$id"
  cat /run/output
  printf '\n@%s=%d\n' "$id" "$status"
done
poweroff -f
