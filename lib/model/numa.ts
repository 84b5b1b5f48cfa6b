/** A NUMA node that the guest sees; its number is its index in the list. */
export interface NumaNode {
  /** The host node of its memory. */
  readonly hostNode: number;
  readonly memoryKiB: number;
  /** Its virtual CPUs, as a normalized list such as `0-3,8`. Each CPU of the guest is in one node. */
  readonly vcpus: string;
  /** To every node, including itself: 10 is the node itself, 20 twice as far. */
  readonly distances: readonly number[];
}

/** More nodes than any guest has; each has a distance to every other. */
export const maximumNodes = 128;

/** The range of distances in ACPI (SLIT); lower values are reserved. */
export const isDistance = (value: number): boolean => Number.isInteger(value) && value >= 10 && value <= 255;

/** libvirt's default distances. */
export const defaultDistance = (from: number, to: number): number => (from === to ? 10 : 20);
