#!/bin/sh
# Runs in dom0 and makes a disk that an HVM guest boots Linux from:
#
#   boot-disk DISK KERNEL INITRD [OPTION...]   with more options for the kernel
#
# QEMU could give the kernel to the firmware, too. Up to QEMU 7.2 that goes byte by byte, each of them an exit to
# QEMU: more than a minute, in which guests get lost. GRUB has the disk's controller write to memory.
#
# There is no file system: first GRUB, as grub.ts made it, which reads its commands from the 8 sectors at 2040.
set -eu
disk=$1 kernel=$2 initrd=$3
shift 3
# Linux need not measure a clock that goes by executed instructions.
options="console=hvc0 mitigations=off quiet tsc=reliable lpj=4000000 no_timer_check $*"
sectors() { echo $((($(stat -Lc %s "$1") + 511) / 512)); }
commands=2040 kernel_at=2048
initrd_at=$((kernel_at + $(sectors "$kernel")))

at() { dd of="$disk" bs=512 seek="$1" conv=notrunc status=none; }
cp /lab/guest/grub.img "$disk"
{
  echo "linux (\$root)$kernel_at+$(sectors "$kernel") $options"
  echo "initrd (\$root)$initrd_at+$(sectors "$initrd")"
  echo boot
  yes ''
} 2>/dev/null | head -c 4096 | at $commands
at $kernel_at <"$kernel"
at $initrd_at <"$initrd"
# Disks end with a whole cylinder.
truncate -s %1M "$disk"
