#!/bin/sh
# Runs a script of sh in a copy of a tree that is gone afterwards, without network:
#
#   unshare --mount --pid --net --fork --kill-child sh in-tree.sh TREE PACKAGES SCRIPT
#
# The packages are in /packages there. The tree does not change: what is written goes to memory.
set -eu
tree=$1 packages=$2 script=$3
mount --make-rprivate /
mount -t tmpfs -o size=2g scratch /mnt
mkdir /mnt/upper /mnt/work /mnt/root
mount -t overlay -o "lowerdir=$tree,upperdir=/mnt/upper,workdir=/mnt/work" overlay /mnt/root
mkdir -p /mnt/root/packages
mount --bind "$packages" /mnt/root/packages
mount -t proc proc /mnt/root/proc
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
  "ROOT=/mnt/root" sh -euc "$script"
