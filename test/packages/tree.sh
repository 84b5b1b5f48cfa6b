#!/bin/sh
# Makes a fresh tree of Debian for the tests of the packages:
#
#   tree.sh SUITE MIRROR PACKAGE,PACKAGE... DIRECTORY
#
# leaves it as DIRECTORY/tree. Only root can do it.
set -eu
suite=$1 mirror=$2 packages=$3 directory=$4
mmdebstrap --quiet --mode=root --variant=apt --include="$packages" --dpkgopt=force-unsafe-io \
  "$suite" "$directory/tree" "$mirror"
rm -rf "$directory/tree/var/cache/apt/archives"/*.deb "$directory/tree/var/lib/apt/lists"
