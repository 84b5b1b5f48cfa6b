import type { JsonObject } from '../language/json.js';

/** A command of the agent, and the reader of its result. */
export interface AgentRequest<Result> {
  /** As in QEMU's qga/qapi-schema.json, such as `guest-ping`. */
  readonly name: string;
  readonly arguments?: JsonObject;
  /** @throws AgentError `protocol` if the result has an unexpected type */
  readonly read: (value: unknown) => Result;
  /** The longest reply to accept, in bytes (default: 4 MiB). */
  readonly replyLimitBytes?: number;
}

export interface CallOptions {
  /** Stops waiting for the reply; the guest still executes what was sent. */
  readonly signal?: AbortSignal | undefined;
  /** The deadline of the call in milliseconds (default: that of the session). */
  readonly timeoutMs?: number | undefined;
}

export const defaultReplyLimitBytes = 4 * 1024 * 1024;

/** A request as the agent reads it: one JSON object per line. Old agents reject an `id`. */
export function writeRequest(request: AgentRequest<unknown>, id?: string): Uint8Array {
  const { name: execute, arguments: given } = request;
  return new TextEncoder().encode(`${JSON.stringify({ execute, arguments: given, id })}\n`);
}

/** Flushes the agent's parser: no byte of JSON, so it ends a request that an earlier client did not complete. */
export const flushByte = 0xff;

/** `guest-sync-delimited`, preceded by the flush. */
export function writeSync(id: number): Uint8Array {
  const request = `{"execute":"guest-sync-delimited","arguments":{"id":${id}}}\n`;
  return Uint8Array.of(flushByte, ...new TextEncoder().encode(request));
}
