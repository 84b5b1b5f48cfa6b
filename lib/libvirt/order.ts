/** libvirt's order of the elements below <domain> (docs/formatdomain). */
const order = `
  name uuid genid title description metadata maxMemory memory currentMemory blkiotune memtune
  memoryBacking vcpu vcpus iothreads cputune numatune resource sysinfo bootloader bootloader_args os
  idmap features cpu clock on_poweroff on_reboot on_crash on_lockfailure pm perf devices seclabel
  keywrap launchSecurity
`;

const ranks: ReadonlyMap<string, number> = new Map(
  order
    .trim()
    .split(/\s+/)
    .map((name, rank) => [name, rank]),
);

/** Where an element stands below <domain>; one that libvirt does not know stands last. */
export const domainRank = (name: string): number => ranks.get(name) ?? ranks.size;
