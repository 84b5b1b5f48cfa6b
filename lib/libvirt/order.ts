import type { XmlTree } from './xml/tree.js';

/** libvirt's order of the elements below <domain> (docs/formatdomain). */
const order = `
  name uuid genid title description metadata maxMemory memory currentMemory blkiotune memtune
  memoryBacking vcpu vcpus iothreads cputune numatune resource sysinfo bootloader bootloader_args os
  idmap features cpu clock on_poweroff on_reboot on_crash on_lockfailure pm perf devices seclabel
  keywrap launchSecurity
`;

const ranked = (names: string): ReadonlyMap<string, number> =>
  new Map(
    names
      .trim()
      .split(/\s+/)
      .map((name, rank) => [name, rank]),
  );

const ranks = ranked(order);

/** libvirt's order of the devices (domain_conf.c: virDomainDefFormatInternalSetRootName). */
const deviceOrder = `
  emulator disk controller lease filesystem interface smartcard serial parallel console channel input
  tpm graphics audio sound video hostdev redirdev redirfilter hub watchdog memballoon rng nvram panic
  shmem memory iommu vsock crypto
`;

/** The position of an element below <domain>; unknown elements are last. */
export const domainRank = (name: string): number => ranks.get(name) ?? ranks.size;

/** Devices of one kind keep their order. */
export function inDeviceOrder(devices: readonly XmlTree[]): readonly XmlTree[] {
  const deviceRanks = ranked(deviceOrder);
  const rank = ({ name }: XmlTree): number => deviceRanks.get(name) ?? deviceRanks.size;
  return devices.toSorted((a, b) => rank(a) - rank(b));
}
