/** The guest's system: its identity, users and clock. Types and `Since` are those of qga/qapi-schema.json. */
import type { AgentRequest } from '../request.js';
import { booleanOf, countOf, listOf, membersOf, nothing, numberOf, objectOf, textOf } from '../value.js';

/** GuestOSInfo: what uname(2) and os-release(5) specify; all of it can be absent. */
export interface OsInfo {
  readonly 'kernel-release'?: string;
  readonly 'kernel-version'?: string;
  readonly machine?: string;
  readonly id?: string;
  readonly name?: string;
  readonly 'pretty-name'?: string;
  readonly version?: string;
  readonly 'version-id'?: string;
  readonly variant?: string;
  readonly 'variant-id'?: string;
}

export const getOsInfo: AgentRequest<OsInfo> = {
  name: 'guest-get-osinfo',
  read: (value) =>
    membersOf(value, {
      'pretty-name': textOf,
      name: textOf,
      id: textOf,
      version: textOf,
      'version-id': textOf,
      variant: textOf,
      'variant-id': textOf,
      'kernel-release': textOf,
      'kernel-version': textOf,
      machine: textOf,
    }),
};

/** The guest's name for itself. */
export const getHostName: AgentRequest<string> = {
  name: 'guest-get-host-name',
  read: (value) => textOf(objectOf(value)['host-name']),
};

/** GuestUser. */
export interface GuestUser {
  readonly user: string;
  /** Of Windows. */
  readonly domain?: string;
  /** Seconds since 1970, with a fraction. */
  readonly 'login-time': number;
}

/** The users that are logged in. */
export const getUsers: AgentRequest<readonly GuestUser[]> = {
  name: 'guest-get-users',
  read: (value) =>
    listOf(value, (item) => {
      const { user, 'login-time': time } = objectOf(item);
      return { user: textOf(user), ...membersOf(item, { domain: textOf }), 'login-time': numberOf(time) };
    }),
};

/** GuestTimezone. */
export interface Timezone {
  readonly zone?: string;
  /** Seconds east of UTC. */
  readonly offset: number;
}

export const getTimezone: AgentRequest<Timezone> = {
  name: 'guest-get-timezone',
  read: (value) => ({
    ...membersOf(value, { zone: textOf }),
    offset: numberOf(objectOf(value)['offset']),
  }),
};

const nanosecondsPerMs = 1e6;

/**
 * The guest's clock in milliseconds since 1970, UTC, with a fraction: of the agent's nanoseconds, a JavaScript
 * number keeps microseconds.
 */
export const getTime: AgentRequest<number> = {
  name: 'guest-get-time',
  read: (value) => numberOf(value) / nanosecondsPerMs,
};

/**
 * Sets the guest's clock, and its hardware clock from that.
 * @param milliseconds since 1970, UTC; absent: the clock is set from the hardware clock, which Windows does not do
 */
export const setTime = (milliseconds?: number): AgentRequest<void> => ({
  name: 'guest-set-time',
  ...(milliseconds !== undefined && { arguments: { time: Math.round(milliseconds) * nanosecondsPerMs } }),
  read: nothing,
});

/** GuestLoadAverage: of the last 1, 5 and 15 minutes. */
export interface LoadAverage {
  readonly load1m: number;
  readonly load5m: number;
  readonly load15m: number;
}

export const getLoad: AgentRequest<LoadAverage> = {
  name: 'guest-get-load',
  read: (value) => {
    const { load1m, load5m, load15m } = objectOf(value);
    return { load1m: numberOf(load1m), load5m: numberOf(load5m), load15m: numberOf(load15m) };
  },
};

/** GuestLogicalProcessor. */
export interface VirtualCpu {
  readonly 'logical-id': number;
  readonly online: boolean;
  readonly 'can-offline'?: boolean;
}

export const getVcpus: AgentRequest<readonly VirtualCpu[]> = {
  name: 'guest-get-vcpus',
  read: (value) =>
    listOf(value, (item) => {
      const { 'logical-id': id, online } = objectOf(item);
      return {
        'logical-id': countOf(id),
        online: booleanOf(online),
        ...membersOf(item, { 'can-offline': booleanOf }),
      };
    }),
};
