import type { AgentError } from './error.js';

/** The receiver of what comes through a channel. */
export interface Receiver {
  /** Accepts bytes as they arrive; the transport can reuse the buffer afterwards. */
  readonly data: (bytes: Uint8Array) => void;
  /** The channel has ended; nothing more arrives. */
  readonly end: (error: AgentError) => void;
}

/**
 * The host's endpoint of a channel: a byte stream in both directions. `virt2xen/agent/node` has one for Unix
 * sockets, TCP and terminals; any other can be passed in.
 */
export interface Transport {
  /** Starts to deliver; called once. */
  readonly start: (receiver: Receiver) => void;
  /** Sends bytes, in the order of the calls. Errors are reported by `end`. */
  readonly send: (bytes: Uint8Array) => void;
  /** Closes the endpoint. `end` is not called. */
  readonly close: () => void;
}
