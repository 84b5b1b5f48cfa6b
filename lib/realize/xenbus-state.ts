/** The states of a device's two ends, by their number: enum xenbus_state of xen/include/public/io/xenbus.h. */
const states = [
  'unknown',
  'initialising',
  'init-wait',
  'initialised',
  'connected',
  'closing',
  'closed',
  'reconfiguring',
  'reconfigured',
] as const;

/** `absent`: the end has no `state`; there is no such device, or the guest has removed its part of it. */
export type XenbusState = (typeof states)[number] | 'absent';

/** Reads a node that a guest may write: what is no state counts as unknown. */
export function xenbusState(value: string | undefined): XenbusState {
  if (value === undefined) return 'absent';
  return (/^[0-8]$/.test(value) && states[Number(value)]) || 'unknown';
}

/** What a node holds for a state. */
export const numberOf = (state: (typeof states)[number]): string => String(states.indexOf(state));

/** Bytes pass while both ends are connected. */
export const isConnected = ({ frontend, backend }: BothStates): boolean =>
  frontend === 'connected' && backend === 'connected';

export interface BothStates {
  readonly frontend: XenbusState;
  readonly backend: XenbusState;
}

/** A channel's state in a word: whether it works, does not work yet, or works no more. */
export function inOneWord(states: BothStates): 'connected' | 'waiting' | 'closed' {
  if (isConnected(states)) return 'connected';
  const ends: readonly XenbusState[] = [states.frontend, states.backend];
  return ends.some((state) => state === 'closing' || state === 'closed' || state === 'absent')
    ? 'closed'
    : 'waiting';
}
