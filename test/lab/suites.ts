/** The labs: a Debian suite each, for the releases of Xen and QEMU it ships. */
export interface Suite {
  readonly name: 'bookworm' | 'trixie';
  /** What `--xen` says for it. */
  readonly xen: string;
  readonly packages: readonly string[];
  /** Of the emulated machine. */
  readonly processors: number;
}

const common = [
  ...['systemd-sysv', 'udev', 'dbus', 'iproute2', 'kmod', 'procps', 'socat', 'openssh-server'],
  ...['linux-image-amd64', 'xen-utils-common', 'xenstore-utils', 'qemu-system-xen'],
  ...['libvirt-daemon', 'libvirt-daemon-driver-xen', 'libvirt-clients'],
  // debootstrap does not see that it is what polkitd, which libvirt needs, means by logind.
  'libpam-systemd',
  // In the guest.
  ...['busybox-static', 'qemu-guest-agent'],
];

/**
 * The two are worth having because QEMU's console backend was written anew between them: 7.2 of
 * bookworm has the old one, 10.0 of trixie the one on XenBus devices.
 */
export const suites: readonly Suite[] = [
  {
    name: 'bookworm',
    xen: '4.17',
    // With two, Xen 4.17 hangs in the first minutes of an HVM guest, and dom0 with it.
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
