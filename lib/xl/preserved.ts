import type { Preserved, PreservedFragment, PreservedSetting } from '../model/preserved.js';
import type { Reading, Writing, XlDescriptor } from './descriptor.js';
import { validateValue } from './options/validate.js';
import { xlOptions } from './options/table.js';
import { reportUnread } from './options/unread.js';
import { isKey, sourceOf, valueOf } from '../xl-syntax/text.js';

/** What no other descriptor reads: it is last in the list. */
export const preserved: XlDescriptor<'preserved'> = {
  field: 'preserved',
  keys: {},
  read: readPreserved,
  write: writePreserved,
};

/** The start of a comment with a piece of domain XML. */
const marker = ' virt2xen:kept ';

/** Reads what no device took, and the pieces of XML that an earlier conversion preserved in comments. */
function readPreserved({ xl, document, report, rules, field }: Reading): Preserved {
  const unread = new Map(xl.unread.map((setting) => [setting.key, setting]));
  const settings = rules.inOutputOrder([...unread.keys()]).flatMap((name): PreservedSetting[] => {
    const setting = unread.get(name);
    if (!setting) return [];
    reportUnread(setting, { os: field('os'), graphics: field('graphics') }, report);
    return [{ key: setting.key, value: valueOf(setting.value) }];
  });
  const fragments = document.comments.flatMap(({ text, span }): readonly PreservedFragment[] => {
    if (!text.startsWith(marker)) return [];
    const fragment = parseFragment(text.slice(marker.length));
    if (!fragment)
      report.add('preserved-conflict', 'this comment of virt2xen cannot be read back', span, 'remove it');
    return fragment ? [fragment] : [];
  });
  return { settings, fragments };
}

/** `PARENT {"kind":...}`: JSON keeps any text on one line. */
function parseFragment(text: string): PreservedFragment | undefined {
  const blank = text.indexOf(' ');
  try {
    const piece: unknown = JSON.parse(text.slice(blank + 1));
    return isPiece(piece) ? { parent: text.slice(0, blank).replace(/^\.$/, ''), piece } : undefined;
  } catch {
    return undefined;
  }
}

function isPiece(value: unknown): value is PreservedFragment['piece'] {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  if (value.kind === 'element') return 'xml' in value && typeof value.xml === 'string';
  if (value.kind !== 'attribute') return false;
  return (
    'name' in value && typeof value.name === 'string' && 'value' in value && typeof value.value === 'string'
  );
}

/**
 * Writes preserved settings and, if requested, pieces of XML as comments. A setting that the document itself
 * specifies overrides the preserved one.
 */
function writePreserved(preserved: Preserved, { out, report, options, rules }: Writing): void {
  for (const { key, value } of preserved.settings) {
    const present = out.get(key);
    const option = xlOptions.get(key);
    const fault = option && validateValue(option, value);
    if (!isKey(key)) {
      report.add('preserved-conflict', `'${key}' is not a valid setting name`);
    } else if (rules.isOwned(key)) {
      report.add('preserved-conflict', `'${key}' cannot be preserved: already set in the document`);
    } else if (fault?.verdict === 'refused') {
      report.add('preserved-conflict', `xl would reject the preserved setting '${key}': ${fault.why}`);
    } else if (present === undefined || rules.isPlaceholder(key, present)) {
      out.set(key, sourceOf(value));
    } else {
      report.add('preserved-conflict', `the preserved setting '${key}' is overridden by the document`);
    }
  }
  if (options.keep !== true) return;
  for (const { parent, piece } of preserved.fragments) {
    if (/\s/.test(parent))
      report.add('preserved-conflict', `'${parent}' is not a valid place in a domain XML`);
    else out.comment(`${marker}${parent === '' ? '.' : parent} ${JSON.stringify(piece)}`);
  }
}
