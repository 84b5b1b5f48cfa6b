import type { AdaptOptions, AdaptResult, GuestKind } from '../adapt/adapt.js';
import { parseDropSelector } from '../document/drop.js';
import { LineIndex } from '../diagnostics/span.js';

/** The effects of a hook, passed in so that a hook contains only its contract. */
export interface HookHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The arguments from the manager, without those that select the hook. */
  readonly args: readonly string[];
  /** All of standard input. */
  readonly readInput: () => Promise<Uint8Array>;
  readonly readFile: (path: string) => Uint8Array;
  /** Writes to an existing file; keeps its content if that fails. */
  readonly rewriteFile: (path: string, text: string) => void;
  readonly print: (text: string) => void;
  /** One line for the manager's operator: on standard error, which every manager logs. */
  readonly log: (line: string) => void;
}

/** The exit status, as the manager expects it. */
export type HookStatus = number;

/** The options of a hook; each manager has its own place for them. */
export interface HookOptions extends Pick<AdaptOptions, 'drop' | 'guest' | 'keep' | 'strict'> {
  /** Do not change the guest. */
  readonly off?: boolean;
}

/** An invalid hook option. */
export class HookOptionError extends Error {}

const guests: readonly GuestKind[] = ['hvm', 'pvh', 'pv'];

/** Parses options such as `pvh,keep`: `off`, `on`, `hvm`, `pvh`, `pv`, `keep`, `strict`, `drop=hostdev`. */
export function parseHookOptions(text: string): HookOptions {
  let options: HookOptions = {};
  for (const word of text.split(/[\s,]+/).filter((part) => part !== '')) {
    const guest = guests.find((known) => known === word);
    if (guest) options = { ...options, guest };
    else if (word === 'off' || word === 'keep' || word === 'strict') options = { ...options, [word]: true };
    else if (word.startsWith('drop=')) {
      options = { ...options, drop: [...(options.drop ?? []), parseDrop(word.slice('drop='.length))] };
    } else if (word !== 'on') {
      throw new HookOptionError(
        `unknown option '${word}'; use on, off, hvm, pvh, pv, keep, strict or drop=DEVICE`,
      );
    }
  }
  return options;
}

function parseDrop(selector: string): string {
  try {
    parseDropSelector(selector);
    return selector;
  } catch (error) {
    throw new HookOptionError(`invalid option 'drop=${selector}': ${messageOf(error)}`);
  }
}

/** The first error on one line, with its position and the number of further errors. */
export function firstError({ diagnostics, source }: AdaptResult): string {
  const [first, ...others] = diagnostics.filter(({ severity }) => severity === 'error');
  if (!first) return 'the domain XML cannot be adapted';
  const where = first.span ? new LineIndex(source).position(first.span.start) : undefined;
  const place = where ? ` at line ${where.line}, column ${where.column} of the XML` : '';
  const advice = first.drop === undefined ? '' : `; option drop=${first.drop} omits the device`;
  const more = others.length > 0 ? ` (and ${others.length} more)` : '';
  return oneLine(`${first.message}${place}${advice}${more}`);
}

/** The message of whatever was thrown. */
export const messageOf = (error: unknown): string =>
  oneLine(error instanceof Error ? error.message : String(error));

/** Replaces line breaks, so that a document cannot add lines to a log. */
// eslint-disable-next-line no-control-regex -- these are the characters to replace
const oneLine = (text: string): string => text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, ' ');
