import { QmpError } from './error.js';
import { isObject, type JsonObject } from '../../language/json.js';
import { numberOf, objectOf, textOf } from './json.js';

/** An event of QEMU, such as `DEVICE_DELETED` or `SHUTDOWN` (qapi/*.json). */
export interface QmpEvent {
  readonly kind: 'event';
  readonly name: string;
  readonly data: JsonObject;
  /** The host's clock, in seconds since 1970. */
  readonly timeSeconds: number;
}

export type QmpMessage =
  /** QEMU's first message to a client. */
  | { readonly kind: 'greeting'; readonly version: JsonObject }
  | QmpEvent
  | { readonly kind: 'return'; readonly id: unknown; readonly value: unknown }
  | { readonly kind: 'error'; readonly id: unknown; readonly class: string; readonly desc: string };

/**
 * Parses a message of QEMU (docs/interop/qmp-spec).
 * @throws QmpError `protocol` if it is not one of QMP's messages
 */
export function readMessage(value: unknown): QmpMessage {
  const message = objectOf(value);
  const { id } = message;
  if ('return' in message) return { kind: 'return', id, value: message['return'] };
  if ('error' in message) {
    const error = objectOf(message['error']);
    return { kind: 'error', id, class: textOf(error['class']), desc: textOf(error['desc']) };
  }
  if ('QMP' in message) return { kind: 'greeting', version: objectOf(objectOf(message['QMP'])['version']) };
  if ('event' in message) {
    const { event, data, timestamp } = message;
    const { seconds, microseconds } = objectOf(timestamp);
    return {
      kind: 'event',
      name: textOf(event),
      data: isObject(data) ? data : {},
      timeSeconds: numberOf(seconds) + numberOf(microseconds) / 1e6,
    };
  }
  throw new QmpError('protocol', `not a QMP message: ${JSON.stringify(value).slice(0, 100)}`);
}

/** A command as it is sent. JSON escapes line breaks. */
export function writeCommand(name: string, id: number, parameters: JsonObject | undefined): string {
  return `${JSON.stringify({ execute: name, arguments: parameters, id })}\n`;
}
