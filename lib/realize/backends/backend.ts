import type { DomId } from '../domid.js';
import type { DevId } from '../devid.js';
import type { Host } from '../host/host.js';
import type { RunningDomain } from '../host/domain.js';
import type { PlannedChannel } from '../plan.js';
import type { SocketAccess } from '../qemu/access.js';
import type { ServedBy } from '../served-by.js';

/**
 * Who makes the host's end of channels, and serves their rings. The keys in xenstore, numbers, locks and
 * the memory of earlier runs are not its business: attach and detach do that for every backend alike.
 * docs/realize.md says how to write one, and test/host/realize/contract.ts holds any against these words.
 */
export interface Backend extends ServedBy {
  /** The domain in which it serves that domain: dom0, or another. */
  readonly domidFor: (domain: RunningDomain, host: Host) => Promise<DomId>;
  /**
   * Gets hold of whoever serves that domain; makes nothing yet.
   * @throws if the domain cannot be served by it; the message says why
   */
  readonly open: (given: BackendGiven) => Promise<HostEnds>;
}

export interface BackendGiven {
  readonly host: Host;
  readonly domain: RunningDomain;
  /** The domain's own, under the runtime directory, which only root may enter; it goes when the last channel goes. */
  readonly directory: string;
  /** Of the sockets that it makes. */
  readonly access: SocketAccess;
}

/** What a host end is like that can be used. */
export interface HostEnd {
  /** For a pty, the terminal, if the backend knows it; else it is in the frontend's `tty`. */
  readonly tty?: string;
}

export interface Look {
  /** The host ends that are there and work, of the channels that were asked for. */
  readonly working: ReadonlyMap<DevId, HostEnd>;
  /** Whether whoever serves the domain is there at all. If not, `make` brings it up anew for running guests. */
  readonly isServed: boolean;
}

/** The host ends of one domain's channels. All of it can be called again after an interruption at any point. */
export interface HostEnds {
  readonly look: (channels: readonly PlannedChannel[]) => Promise<Look>;
  /**
   * Makes host ends that are not there. When it is done, the rings are drained as soon as their keys appear.
   * What an earlier run left in the way goes. If it throws, nothing that it made is left.
   */
  readonly make: (channels: readonly PlannedChannel[]) => Promise<void>;
  /** Gives the sockets of channels that stay as they are the mode and owner of this run. Absent: there are none. */
  readonly share?: (channels: readonly PlannedChannel[]) => Promise<void>;
  /** Removes host ends, whole, half-made or not there. Their keys are gone already. */
  readonly remove: (channels: readonly PlannedChannel[]) => Promise<void>;
  /** These are all channels that it has to serve from now on. What exists beyond them goes, such as a process without work. */
  readonly finish: (channels: readonly PlannedChannel[]) => Promise<void>;
}
