/** The guest's wall clock at its start. */
export interface Clock {
  readonly basis: 'utc' | 'localtime';
  /** Seconds added to the basis. */
  readonly offsetSeconds: number;
  readonly tscMode?: 'default' | 'always_emulate' | 'native' | 'native_paravirt';
  /** HVM: whether there is a high precision event timer. */
  readonly hpet?: boolean;
  /** The event timer is listed before the TSC; it has no effect, but libvirt preserves the order. */
  readonly hpetFirst?: true;
}

/** Whether the hypervisor can store an offset, in 32 bits (xen/include/public/domctl.h). */
export const isOffset = (seconds: number): boolean => seconds >= -(2 ** 31) && seconds < 2 ** 31;
