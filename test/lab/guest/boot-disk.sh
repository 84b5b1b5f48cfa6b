#!/bin/sh
# Runs in dom0 and creates a disk from which an HVM guest boots Linux:
#
#   boot-disk DISK KERNEL INITRD [OPTION...]   with additional kernel options
#
# QEMU could also pass the kernel to the firmware. Up to QEMU 7.2, each byte is an exit to QEMU, which takes more than
# a minute, in which guests get lost. With GRUB, the disk controller writes to memory.
#
# There is no file system. The disk starts with GRUB (grub.ts), which reads its commands from the 8 sectors at 2040.
set -eu
disk=$1 kernel=$2 initrd=$3
shift 3
# Linux does not have to calibrate a clock that counts executed instructions.
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
# The size of a disk is a multiple of a cylinder.
truncate -s %1M "$disk"
