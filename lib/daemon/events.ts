import type { RunningDomain } from '../realize/dom0/domain.js';

/** What the daemon reports. */
export type DaemonEvent =
  | (ChannelEvent & { readonly domain: RunningDomain })
  | {
      readonly event: 'failed';
      readonly domain: RunningDomain;
      /** The kind of error: the failure or code of the error class. */
      readonly code: string;
      readonly reason: string;
      readonly retryInMs: number;
    }
  /** The process that served the channels has exited. */
  | { readonly event: 'qemu-exited'; readonly domain: RunningDomain }
  /** The domain has the UUID of one that has just ended. */
  | { readonly event: 'guest-rebooted'; readonly domain: RunningDomain }
  /** Everything that was created for the domain has been removed. */
  | { readonly event: 'domain-ended'; readonly domain: RunningDomain }
  /** The last valid version, if there is one, stays in effect. */
  | { readonly event: 'document-invalid'; readonly file: string; readonly reason: string }
  | { readonly event: 'documents-loaded'; readonly count: number }
  /** Only the first of several documents of a domain is used. */
  | { readonly event: 'document-ignored'; readonly file: string; readonly reason: string }
  | { readonly event: 'store-connected' }
  | { readonly event: 'store-lost'; readonly reason: string; readonly retryInMs: number };

/** What happened to one channel. */
export interface ChannelEvent {
  readonly event:
    | 'channel-added'
    /** Created again, because its document has changed. */
    | 'channel-changed'
    | 'channel-removed'
    /** Created again, because it was damaged: its keys, or its endpoint. */
    | 'drift-repaired'
    /** The process that serves it was started again. */
    | 'qemu-restarted'
    /** Both ends are connected. */
    | 'guest-connected'
    | 'guest-disconnected'
    /** A program in the guest has opened a virtio-serial port. */
    | 'port-opened'
    | 'port-closed'
    /** A program of this host has connected to its socket. */
    | 'client-connected'
    /** None is connected any more. */
    | 'client-disconnected'
    /** QEMU's guest agent answers. */
    | 'agent-up'
    /** It cannot answer any more: its port is closed, the guest has disconnected its console, or has ended. */
    | 'agent-down';
  readonly channel: string;
}
