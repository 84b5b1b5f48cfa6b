/** What the virtual machine's platform offers. Absent: the toolstack's default. */
export interface Features {
  readonly acpi?: boolean;
  readonly apic?: boolean;
  readonly pae?: boolean;
  readonly hap?: boolean;
  /** HVM: Microsoft's enlightenments; true: xl's default groups, else these, each as xl.cfg(5) has it. */
  readonly viridian?: boolean | readonly string[];
  /** PV: the guest sees the host's memory map, as PCI passthrough wants. */
  readonly e820Host?: boolean;
  /** HVM: the guest has a generation ID, a new one each time that xl creates it. */
  readonly generationId?: true;
  /** Arm: the interrupt controller; absent: that of the host. */
  readonly gic?: 'v2' | 'v3';
  /** How DMA of passed-through devices is mapped; absent: as the devices ask for. */
  readonly passthrough?: 'enabled' | 'sync_pt' | 'share_pt';
}

const groups = `
  base freq time_ref_count reference_tsc hcall_remote_tlb_flush apic_assist crash_ctl synic stimer
  hcall_ipi ex_processor_masks no_vp_limit cpu_hotplug defaults all
`
  .trim()
  .split(/\s+/);

/** Whether xl knows a group of enlightenments; `!` before it takes it out. */
export const isViridianGroup = (text: string): boolean => groups.includes(text.replace(/^!/, ''));

/** Whether a choice of groups has the one that every other needs. */
export const hasViridian = (viridian: Features['viridian']): boolean =>
  typeof viridian === 'object'
    ? ['base', 'defaults', 'all'].some((group) => viridian.includes(group)) && !viridian.includes('!base')
    : viridian === true;
