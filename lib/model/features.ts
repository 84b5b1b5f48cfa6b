/** What the virtual machine's platform offers. Absent: the toolstack's default. */
export interface Features {
  readonly acpi?: boolean;
  readonly apic?: boolean;
  readonly pae?: boolean;
  readonly hap?: boolean;
  readonly viridian?: boolean;
  /** PV: the guest sees the host's memory map, as PCI passthrough wants. */
  readonly e820Host?: boolean;
}
