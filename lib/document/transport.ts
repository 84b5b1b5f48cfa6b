import type { Transport } from '../model/channel.js';
import type { Os } from '../model/os.js';

/** `auto`: what the document and the kind of guest suggest. */
export const transportOptions = ['auto', 'pv-console', 'virtio-serial'] as const;
export type TransportOption = (typeof transportOptions)[number];

/**
 * What `auto` chooses for a virtio channel (`<target type='virtio'>`) of an HVM guest. docs/channels.md compares both
 * and says why.
 */
const automaticForVirtio: Transport['kind'] = 'pv-console';

/**
 * The transport of a channel: the selected one, or for `auto` that of the document.
 *
 * @param target the type of the channel's target in the document
 * @param automatic what a host chooses for the virtio channels of its HVM guests
 */
export function chooseTransport(
  target: 'xen' | 'virtio',
  guest: Os['type'],
  option: TransportOption = 'auto',
  automatic: Transport['kind'] = automaticForVirtio,
): Transport['kind'] {
  if (option !== 'auto') return option;
  return target === 'virtio' && guest === 'hvm' ? automatic : 'pv-console';
}

/** A virtio-serial controller has 30 ports. */
const maximumSparePorts = 30;

/**
 * Parses a number of spare ports.
 * @throws RangeError
 */
export function parseSparePorts(text: string): number {
  const count = /^[0-9]{1,2}$/.test(text) ? Number(text) : NaN;
  if (count <= maximumSparePorts) return count;
  throw new RangeError(`a number of ports from 0 to ${maximumSparePorts} is required`);
}
