#!/usr/bin/env bash
# Installs what the suites need of Debian, besides Node.
set -euo pipefail
packages=(
  # npm test, where it skips nothing
  busybox dash patch groff-base mandoc fish zsh sudo systemd
  # test/real and test/host
  xen-utils-4.17 qemu-system-xen libxen-dev libvirt-clients libvirt0 libvirt-daemon libvirt-daemon-driver-xen libxml2-utils gcc libc6-dev
  # test/real, xl for Arm
  qemu-user-static gcc-aarch64-linux-gnu libc6-dev-arm64-cross
  # test/web
  chromium
  # status of channels calls ss
  iproute2
  # a terminal for the guest agent
  socat
  # promtool checks the metrics
  prometheus
  # CloudStack's agent runs Groovy; some 250 MB with Java
  groovy default-jre-headless
  # npm run packages, and its tests
  ansible-core binutils dpkg-dev lintian mmdebstrap rpm
  # test/lab
  debootstrap debian-archive-keyring qemu-system-x86 e2fsprogs cpio xz-utils zstd openssh-client util-linux grub-common grub-pc-bin
)
if dpkg -s "${packages[@]}" >/dev/null 2>&1; then exit; fi
as_root=()
[ "$(id -u)" = 0 ] || as_root=(sudo)
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq -o DPkg::Lock::Timeout=300 \
  --no-install-recommends "${packages[@]}" >/dev/null
