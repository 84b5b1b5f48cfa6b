import { reloadKit, stopUnit, uninstallHooks } from '../scripts.js';
import { rpmArchitecture, type RpmPackage } from './rpm.js';

export const commandRpm: RpmPackage = {
  name: 'virt2xen',
  architecture: rpmArchitecture(),
  summary: 'Convert between libvirt domain XML and Xen xl.cfg, with channels',
  description:
    'virt2xen converts domains of libvirt to Xen and back, adapts the domain XML of\noVirt and CloudStack to Xen hosts, and attaches guest agent channels to running\ndomains. The command contains Node.js; the host needs none.',
  relations: ['Requires: util-linux', 'Recommends: iproute'],
  scripts: {
    preun: `if [ "$1" = 0 ]; then\n${uninstallHooks}${stopUnit}fi`,
    postun: `[ ! -d /run/systemd/system ] || systemctl daemon-reload || :
if [ "$1" != 0 ] && [ -d /run/systemd/system ]; then systemctl try-restart virt2xend.service || :; fi`,
  },
};

export const guestKitRpm: RpmPackage = {
  name: 'virt2xen-guest-kit',
  architecture: 'noarch',
  summary: 'Find Xen channels by name in a Linux guest',
  description:
    'udev rules and scripts with which a guest of Xen finds its channels as\n/dev/xen-channel/NAME and /dev/virtio-ports/NAME, as on KVM, and with which the\nQEMU guest agent runs on them. They need xenstore-read, which on EL 9 is not in\nthe distribution.',
  relations: ['Requires: systemd-udev', 'Suggests: qemu-guest-agent'],
  scripts: { post: reloadKit, postun: reloadKit },
};
