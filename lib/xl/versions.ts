import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import { newestXen, xenVersions, type XenVersion } from '../document/options.js';
import type { XlSource } from '../xl-syntax/printer.js';
import type { XlOutput } from './output.js';
import { spanWithin } from '../xl-syntax/ast.js';
import type { XlSetting } from '../xl-syntax/settings.js';
import { xlOptions } from './options/table.js';

/**
 * The settings of a file as seen by the xl of a release: later options are omitted, because it ignores them. Values
 * with later additions are rejected or read differently by it.
 */
export function readableBy(
  xen: XenVersion,
  settings: ReadonlyMap<string, XlSetting>,
  report: Report,
): ReadonlyMap<string, XlSetting> {
  if (xen === newestXen) return settings;
  const readable = [...settings].filter(([key, { keySpan, value }]) => {
    if (!isKnown(key, xen, report, keySpan)) return false;
    for (const atom of value.kind === 'list' ? value.items : [value]) {
      if (atom.kind === 'list') continue;
      for (const part of newParts(key, atom.text, xen)) {
        refusePart(part, key, xen, report, spanWithin(atom, part.start, part.start + part.text.length));
      }
    }
    return true;
  });
  return readable.length === settings.size ? settings : new Map(readable);
}

/** Omits from an xl.cfg what the xl of a release would ignore, and reports what it would reject. */
export function leaveOutNewer(out: XlOutput, xen: XenVersion, report: Report): void {
  if (xen === newestXen) return;
  for (const key of out.keys) {
    const [value, span] = [out.get(key), out.spanOf(key)];
    if (!isKnown(key, xen, report, span)) {
      out.remove(key);
      continue;
    }
    for (const text of Array.isArray(value) ? (value as readonly XlSource[]) : [value]) {
      if (typeof text !== 'string') continue;
      for (const part of newParts(key, text, xen)) refusePart(part, key, xen, report, span);
    }
  }
}

/** Whether a release has an option; an option of no release is not reported here. */
function isKnown(key: string, xen: XenVersion, report: Report, span: Span | undefined): boolean {
  const since = xlOptions.get(key)?.since;
  if (since === undefined || !isAfter(since, xen)) return true;
  const message = `xl ${xen} has no option '${key}': supported since ${since}`;
  report.add('target-too-old', message, span, 'omitted');
  return false;
}

interface Part {
  readonly text: string;
  readonly start: number;
  readonly since: XenVersion;
}

/** The parts of a value, between commas, that were added after a release. */
function newParts(key: string, value: string, xen: XenVersion): readonly Part[] {
  const newer = Object.entries(xlOptions.get(key)?.newer ?? {}).filter(([, since]) => isAfter(since, xen));
  if (newer.length === 0) return [];
  let start = 0;
  return value.split(',').flatMap((text) => {
    const part = text.trimStart();
    const here = start + text.length - part.length;
    start += text.length + 1;
    const found = newer.find(([name]) => part === name || part.startsWith(`${name}=`));
    return found ? [{ text: part, start: here, since: found[1] }] : [];
  });
}

function refusePart(
  { text, since }: Part,
  key: string,
  xen: XenVersion,
  report: Report,
  span: Span | undefined,
): void {
  report.add(
    'value-invalid',
    `xl ${xen} does not support '${text}' of '${key}': supported since ${since}`,
    span,
  );
}

const isAfter = (since: XenVersion, xen: XenVersion): boolean =>
  xenVersions.indexOf(since) > xenVersions.indexOf(xen);
