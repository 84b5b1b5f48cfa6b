/** The states of frontend and backend: enum xenbus_state of xen/include/public/io/xenbus.h. */
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

/** `absent`: there is no `state` node; the device does not exist, or the guest has removed its directory. */
export type XenbusState = (typeof states)[number] | 'absent';

/** Parses a node that a guest may write: an invalid state is `unknown`. */
export function xenbusState(value: string | undefined): XenbusState {
  if (value === undefined) return 'absent';
  return (/^[0-8]$/.test(value) && states[Number(value)]) || 'unknown';
}

/** The value of a `state` node. */
export const numberOf = (state: (typeof states)[number]): string => String(states.indexOf(state));

/** Data is transferred only while both ends are connected. */
export const isConnected = ({ frontendState, backendState }: ChannelStates): boolean =>
  frontendState === 'connected' && backendState === 'connected';

export interface ChannelStates {
  readonly frontendState: XenbusState;
  readonly backendState: XenbusState;
}

/** The state of a channel, from those of its two ends. */
export function channelState(states: ChannelStates): 'connected' | 'waiting' | 'closed' {
  if (isConnected(states)) return 'connected';
  const ends: readonly XenbusState[] = [states.frontendState, states.backendState];
  return ends.some((state) => state === 'closing' || state === 'closed' || state === 'absent')
    ? 'closed'
    : 'waiting';
}
