import { reloadKit, stopUnit, uninstallHooks } from '../scripts.js';
import { debianArchitecture, type DebianPackage } from './deb.js';

/** The project has no mail address yet; DEBEMAIL sets that of who builds. */
const noAddress = (name: string): string =>
  `# The project has no mail address.\n${name}: malformed-contact *\n${name}: bogus-mail-host-in-debian-changelog *\n${name}: initial-upload-closes-no-bugs *\n`;

const startUnit = `#!/bin/sh
set -e
if [ "$1" = configure ] && [ -d /run/systemd/system ]; then
  systemctl daemon-reload || true
  # The daemon that runs is restarted; the administrator enables it.
  systemctl try-restart virt2xend.service || true
fi
`;

const reloadUnits = `#!/bin/sh
set -e
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload || true
fi
`;

export const commandPackage: DebianPackage = {
  name: 'virt2xen',
  architecture: debianArchitecture(),
  fields: {
    // What Node needs; checked in fresh trees of bookworm and trixie.
    Depends: 'libc6 (>= 2.28), libgcc-s1 (>= 3.4), libstdc++6 (>= 5.2)',
    Recommends: 'iproute2, qemu-system-xen',
    Suggests: 'libvirt-daemon-driver-xen, xen-utils',
  },
  summary: 'convert between libvirt domain XML and Xen xl.cfg, with channels',
  description: [
    'virt2xen converts domains of libvirt to Xen and back, adapts the domain XML of\n oVirt and CloudStack to Xen hosts, and attaches guest agent channels to running\n domains.',
    'The command contains Node.js; the host needs none.',
  ],
  scripts: {
    postinst: startUnit,
    postrm: reloadUnits,
    prerm: `#!/bin/sh\nset -e\nif [ "$1" = remove ]; then\n${uninstallHooks}${stopUnit}fi\n`,
  },
  lintianOverrides: `${noAddress('virt2xen')}# The executable is Node.js as its project builds it, with its libraries.
virt2xen: embedded-library *
virt2xen: hardening-no-pie *
`,
};

export const guestKitPackage: DebianPackage = {
  name: 'virt2xen-guest-kit',
  architecture: 'all',
  fields: { Depends: 'udev, xenstore-utils', Suggests: 'qemu-guest-agent' },
  summary: 'find Xen channels by name in a Linux guest',
  description: [
    'udev rules and scripts with which a guest of Xen finds its channels as\n /dev/xen-channel/NAME and /dev/virtio-ports/NAME, as on KVM, and with which the\n QEMU guest agent runs on them.',
  ],
  scripts: {
    postinst: `#!/bin/sh\nset -e\n${reloadKit}`,
    postrm: `#!/bin/sh\nset -e\n${reloadKit}`,
  },
  lintianOverrides: noAddress('virt2xen-guest-kit'),
};
