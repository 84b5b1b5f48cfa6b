#!/bin/sh
# Unpacks Debian's xl for 64-bit Arm, and builds what lets it run without Xen; qemu-user runs it on x86:
#
#   arm-xl.sh SUITE MIRROR RELEASE SOURCE DIRECTORY
#
# leaves in DIRECTORY/root the packages, unpacked and not installed, and xl-without-xen.so beside /usr.
set -eu

suite=$1 mirror=$2 release=$3 source=$4 directory=$5

debootstrap --arch=arm64 --download-only --variant=minbase \
  --include="xen-utils-$release,xen-utils-common,libxenmisc$release" "$suite" "$directory/packages" "$mirror"
mkdir "$directory/root"
for package in "$directory"/packages/var/cache/apt/archives/*.deb; do
  dpkg-deb -x "$package" "$directory/root"
done
rm -r "$directory/packages"
aarch64-linux-gnu-gcc -Wall -shared -fPIC -o "$directory/root/xl-without-xen.so" "$source"
