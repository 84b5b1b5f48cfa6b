/** The limits of the guest's event channels and grant table. Absent: the hypervisor's. */
export interface Xenbus {
  readonly maxEventChannels?: number;
  /** Pages of the grant table. */
  readonly maxGrantFrames?: number;
}

/** libvirt stores an int here, xl a uint32_t that wraps. */
export const isLimit = (value: number): boolean =>
  Number.isInteger(value) && value > 0 && value <= 0x7fffffff;
