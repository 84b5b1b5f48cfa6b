import type { AdaptOptions, AdaptResult, GuestKind } from '../adapt/adapt.js';
import { LineIndex } from '../diagnostics/span.js';

/** What a hook may do to the machine that it runs on: passed in, so that a hook is its contract and nothing more. */
export interface HookHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the manager passes, without the words that chose the hook. */
  readonly args: readonly string[];
  /** All of standard input. */
  readonly readInput: () => Promise<Uint8Array>;
  readonly readFile: (path: string) => Uint8Array;
  /** Writes into the file that is there, and leaves what was in it if that fails. */
  readonly rewriteFile: (path: string, text: string) => void;
  readonly print: (text: string) => void;
  /** One line for the manager's operator: on standard error, which every manager logs. */
  readonly log: (line: string) => void;
}

/** How a hook ended: the exit status, by its manager's contract. */
export type HookStatus = number;

/** The words that choose what a hook does, in a manager's own place for them. */
export interface HookOptions extends Pick<AdaptOptions, 'guest' | 'keep' | 'strict'> {
  /** The guest is to stay as it is. */
  readonly off?: boolean;
}

/** A mistake in what the operator wrote; the message is for people. */
export class HookOptionError extends Error {}

const guests: readonly GuestKind[] = ['hvm', 'pvh', 'pv'];

/** Reads words such as `pvh,keep`: `off`, `on`, `hvm`, `pvh`, `pv`, `keep`, `strict`. */
export function parseHookOptions(text: string): HookOptions {
  let options: HookOptions = {};
  for (const word of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const guest = guests.find((known) => known === word);
    if (guest) options = { ...options, guest };
    else if (word === 'off' || word === 'keep' || word === 'strict') options = { ...options, [word]: true };
    else if (word !== 'on') {
      throw new HookOptionError(`unknown word '${word}'; on, off, hvm, pvh, pv, keep and strict are known`);
    }
  }
  return options;
}

/** The first error in one line, with its place, and how many there are beside it. */
export function firstError({ diagnostics, source }: AdaptResult): string {
  const [first, ...others] = diagnostics.filter(({ severity }) => severity === 'error');
  if (!first) return 'the domain XML cannot be adapted';
  const where = first.span ? new LineIndex(source).position(first.span.start) : undefined;
  const place = where ? ` at line ${where.line}, column ${where.column} of the XML` : '';
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return oneLine(`${first.message}${place}${more}`);
}

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string =>
  oneLine(error instanceof Error ? error.message : String(error));

/** A document must not be able to add lines to a log. */
// eslint-disable-next-line no-control-regex -- these are the characters to replace
const oneLine = (text: string): string => text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ');
