/** The labs: each is a suite of Debian, with its releases of Xen and QEMU. */
export interface Suite {
  readonly name: 'bookworm' | 'trixie';
  /** The value of `--xen` for it. */
  readonly xen: string;
  readonly packages: readonly string[];
  /** Of the emulated machine. */
  readonly processors: number;
}

const common = [
  ...['systemd-sysv', 'udev', 'dbus', 'iproute2', 'kmod', 'procps', 'socat', 'openssh-server'],
  ...['linux-image-amd64', 'xen-utils-common', 'xenstore-utils', 'qemu-system-xen'],
  ...['libvirt-daemon', 'libvirt-daemon-driver-xen', 'libvirt-clients'],
  // Provides the logind that polkitd, a dependency of libvirt, requires; debootstrap does not find it.
  'libpam-systemd',
  // In the guest.
  ...['busybox-static', 'qemu-guest-agent'],
];

/**
 * Both are needed because QEMU's console backend was rewritten between them: 7.2 of bookworm has the old one, 10.0 of
 * trixie the one for XenBus devices.
 */
export const suites: readonly Suite[] = [
  {
    name: 'bookworm',
    xen: '4.17',
    // With two, Xen 4.17 and dom0 hang in the first minutes of an HVM guest.
    processors: 1,
    packages: [...common, 'xen-utils-4.17', 'xen-hypervisor-4.17-amd64', 'libvirt-daemon-system'],
  },
  {
    name: 'trixie',
    xen: '4.20',
    processors: 1,
    packages: [...common, 'xen-utils-4.20', 'xen-hypervisor-4.20-amd64'],
  },
];

/** @throws if there is none */
export function suiteNamed(name: string): Suite {
  const suite = suites.find((candidate) => candidate.name === name);
  if (suite) return suite;
  throw new Error(`There is no lab ${name}; there are ${suites.map((known) => known.name).join(' and ')}.`);
}
