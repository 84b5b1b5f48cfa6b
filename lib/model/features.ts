/** The features of the virtual machine's platform. Absent: the toolstack's default. */
export interface Features {
  readonly acpi?: boolean;
  readonly apic?: boolean;
  readonly pae?: boolean;
  readonly hap?: boolean;
  /** HVM: Hyper-V enlightenments; true: xl's default groups, else these, each in the syntax of xl.cfg(5). */
  readonly viridian?: boolean | readonly string[];
  /** PV: the guest sees the host's memory map, as PCI passthrough requires. */
  readonly e820Host?: boolean;
  /** HVM: the guest has a generation ID, a new one each time that xl creates it. */
  readonly generationId?: true;
  /** Arm: the interrupt controller; absent: that of the host. */
  readonly gic?: 'v2' | 'v3';
  /** How the DMA of passed-through devices is mapped; absent: as the devices require. */
  readonly passthrough?: 'enabled' | 'sync_pt' | 'share_pt';
}

const groups = `
  base freq time_ref_count reference_tsc hcall_remote_tlb_flush apic_assist crash_ctl synic stimer
  hcall_ipi ex_processor_masks no_vp_limit cpu_hotplug defaults all
`
  .trim()
  .split(/\s+/);

/** Whether xl supports a group of enlightenments; `!` before it excludes it. */
export const isViridianGroup = (text: string): boolean => groups.includes(text.replace(/^!/, ''));

/** Whether a selection of groups includes the one that all others require. */
export const hasViridian = (viridian: Features['viridian']): boolean =>
  typeof viridian === 'object'
    ? ['base', 'defaults', 'all'].some((group) => viridian.includes(group)) && !viridian.includes('!base')
    : viridian === true;
