import { xlOptions } from '../lib/xl/options/table.js';

/** A message of a diagnostic: what it always says, and the names, numbers and paths of a document in it. */
export interface Wording {
  readonly fixed: readonly string[];
  /** One between each two fixed parts. */
  readonly values: readonly string[];
}

/** What can be a value: a text in quotes (and no apostrophe), a path, a MAC address, a number. */
const candidates =
  /(?<!\w)'([^']*)'(?!\w)|(?<![\w'])\/[^\s'",)]+|\b[0-9a-f]{2}(?::[0-9a-f]{2}){5}\b|(?<![\w.:-])[-+]?[0-9][\w.:]*/gi;

/** Words before a text in quotes that belongs to the reason. */
const kinds =
  /\b(?:type|model|protocol|format|bus|backend|backendtype|mode|timer|feature|offset|action|driver|architecture|has no) $/;

export function wordingOf(message: string): Wording {
  const [fixed, values]: [string[], string[]] = [[], []];
  let end = 0;
  for (const match of message.matchAll(candidates)) {
    const [text, quoted] = match;
    const before = message.slice(0, match.index);
    const after = message.slice(match.index + text.length);
    if (quoted !== undefined && isOfReason(quoted, before, after)) continue;
    // Of a parameter, the name belongs to the reason.
    const name = quoted === undefined ? '' : (/^[a-z_-]+=/.exec(quoted)?.[0] ?? '');
    const start = match.index + (quoted === undefined ? 0 : 1) + name.length;
    const last = match.index + text.length - (quoted === undefined ? 0 : 1);
    fixed.push(message.slice(end, start));
    values.push(message.slice(start, last));
    end = last;
  }
  return { fixed: [...fixed, message.slice(end)], values };
}

/** The name of an option or parameter, a kind of something, or the value of an attribute that is not a number. */
const isOfReason = (quoted: string, before: string, after: string): boolean =>
  xlOptions.has(quoted) ||
  kinds.test(before) ||
  (after.startsWith(' of ') && !quoted.includes('=')) ||
  (before.endsWith('=') && !/[0-9]/.test(quoted));

/** The values that two messages of the same fixed parts have in common; `...` stands for others. */
export const commonValues = (a: readonly string[], b: readonly string[]): readonly string[] =>
  a.map((value, index) => (value === b[index] ? value : '...'));

export const print = ({ fixed, values }: Wording): string =>
  fixed.map((part, index) => part + (values[index] ?? '')).join('');
