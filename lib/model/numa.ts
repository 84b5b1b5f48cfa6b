/** A NUMA node that the guest sees; its number is its place in the list. */
export interface NumaNode {
  /** The host's node that its memory comes from. */
  readonly hostNode: number;
  readonly memoryKiB: number;
  /** Its virtual CPUs, as a normalised list such as `0-3,8`. Each CPU of the guest is in one node. */
  readonly vcpus: string;
  /** To every node, itself included: 10 is the node itself, 20 twice as far. */
  readonly distances: readonly number[];
}

/** More nodes than any guest has; each has a distance to every other. */
export const maximumNodes = 128;

/** What ACPI can say of a distance (SLIT); below it all is reserved. */
export const isDistance = (value: number): boolean => Number.isInteger(value) && value >= 10 && value <= 255;

/** libvirt's distances, where a document gives none. */
export const defaultDistance = (from: number, to: number): number => (from === to ? 10 : 20);
