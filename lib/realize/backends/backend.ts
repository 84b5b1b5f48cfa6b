import type { DomId } from '../domid.js';
import type { DevId } from '../devid.js';
import type { Host } from '../dom0/host.js';
import type { RunningDomain } from '../dom0/domain.js';
import type { PlannedChannel } from '../plan.js';
import type { SocketAccess } from '../qemu/access.js';
import type { ServedBy } from '../served-by.js';

/**
 * Creates the endpoints of channels and serves their rings. Attach and detach do the rest for every backend:
 * the keys in xenstore, device ids, locks and records. docs/realize.md describes how to write a backend;
 * test/host/realize/contract.ts tests any backend against this contract.
 */
export interface Backend extends ServedBy {
  /** The backend domain: dom0, or another. */
  readonly domidFor: (domain: RunningDomain, host: Host) => Promise<DomId>;
  /**
   * Connects to the process that serves the domain; creates nothing yet.
   * @throws if it cannot serve the domain
   */
  readonly open: (given: BackendGiven) => Promise<Endpoints>;
}

export interface BackendGiven {
  readonly host: Host;
  readonly domain: RunningDomain;
  /** The directory of the domain below the runtime directory, mode 0700; removed with the last channel. */
  readonly directory: string;
  /** Mode and owner of the sockets that it creates. */
  readonly access: SocketAccess;
}

/** A working endpoint. */
export interface Endpoint {
  /** For a pty, the terminal, if known; otherwise it is in the frontend's `tty`. */
  readonly tty?: string;
}

export interface Look {
  /** The working endpoints among the requested channels. */
  readonly working: ReadonlyMap<DevId, Endpoint>;
  /** Whether the serving process runs. If not, `make` restarts it. */
  readonly isServed: boolean;
}

/** The endpoints of one domain's channels. Every function can be called again after an interruption. */
export interface Endpoints {
  readonly look: (channels: readonly PlannedChannel[]) => Promise<Look>;
  /**
   * Creates missing endpoints. Afterwards, rings are drained as soon as their keys appear. Removes what an
   * interrupted run left. If it throws, everything that it created has been removed.
   */
  readonly make: (channels: readonly PlannedChannel[]) => Promise<void>;
  /** Sets mode and owner of the sockets of unchanged channels. Absent: there are no sockets. */
  readonly share?: (channels: readonly PlannedChannel[]) => Promise<void>;
  /** Removes endpoints, complete or not; missing ones are ignored. Their keys have been removed already. */
  readonly remove: (channels: readonly PlannedChannel[]) => Promise<void>;
  /** Called last with all channels that remain. Stops a process without channels. */
  readonly finish: (channels: readonly PlannedChannel[]) => Promise<void>;
}
