import { isObject } from '../../lib/language/json.js';
import { exitCodes } from '../exit-codes.js';
import { print } from '../terminal.js';
import { UsageError } from './arguments.js';
import type { AgentWork } from './context.js';

/** No reply is longer than that of a program with two full outputs. */
const replyLimitBytes = 48 * 1024 * 1024;

/** `raw`: prints the reply as the agent wrote it, so that no number loses digits. */
export const raw: AgentWork = async ({ session, signal, operands: [text = ''] }) => {
  const request = parse(text);
  const { name } = request;
  if (departures.includes(name)) {
    const outcome = await session.depart({ ...request, read: () => undefined }, { signal });
    print('stdout', `${JSON.stringify({ outcome })}\n`);
    return exitCodes.done;
  }
  const reply = await session.callForText({ ...request, replyLimitBytes, read: () => undefined }, { signal });
  print('stdout', `${inAscii(withoutId(reply.text))}\n`);
  return exitCodes.done;
};

/** `success-response: false` in qga/qapi-schema.json. */
const departures = ['guest-shutdown', 'guest-suspend-disk', 'guest-suspend-ram', 'guest-suspend-hybrid'];

function parse(text: string): {
  readonly name: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
} {
  let request: unknown;
  try {
    request = JSON.parse(text);
  } catch {
    request = undefined;
  }
  if (!isObject(request) || typeof request['execute'] !== 'string') {
    throw new UsageError(`raw requires a request such as '{"execute":"guest-ping"}'`);
  }
  const { execute, arguments: given, ...rest } = request;
  const [stray] = Object.keys(rest);
  if (stray !== undefined) throw new UsageError(`raw: a request has no member '${stray}'`);
  if (given === undefined) return { name: execute };
  if (!isObject(given)) throw new UsageError('raw: arguments must be an object');
  return { name: execute, arguments: given };
}

/** The ID is that of the session; QEMU writes it last. */
const withoutId = (text: string): string => text.replace(/, "id": "[0-9a-z-]+"\}$/, '}');

/** In JSON, a character outside of ASCII is only in a string, where its escape means the same. */
const inAscii = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
