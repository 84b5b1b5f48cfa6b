import { codes } from '../diagnostics/codes.js';
import { Report, type Diagnostic } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { FormatOptions } from '../document/options.js';
import { descriptors } from '../libvirt/descriptors.js';
import { readWithUnread } from '../libvirt/read.js';
import type { UnreadPart } from '../libvirt/unread.js';
import type { XmlRewriter } from './xml-rewriter.js';

/** What libvirt's Xen driver reads although `convert` does not, or `adapt` has rules of its own for, by paths. */
const readByDriver: ReadonlySet<string> = new Set([
  // The driver has one display of each kind; its rules are in libvirt/graphics-access.ts.
  ...['', '/listen', '/channel', '/@socket', '/@defaultMode'].map((part) => `devices/graphics${part}`),
]);

/** It makes the console whatever its type is. */
const consolePath = 'devices/console';

/**
 * Reports what stays in the document and libvirt's Xen driver ignores. Neither xl nor the driver gives a guest more than
 * libxl has, so that what the readers of `convert` do not take, or report as a loss, is lost here, too; and so is what
 * the descriptors know of the driver. Must be called after all other changes.
 */
export function reportIgnored(rewriter: XmlRewriter, options: FormatOptions): void {
  const { report, root } = rewriter;
  const ofReaders = new Report();
  const reading = readWithUnread(root, ofReaders, options, rewriter.disks);
  const ofDriver = new Report();
  if (reading) for (const descriptor of descriptors) descriptor.check?.(reading.domain, ofDriver);
  const losses = [
    ...ofReaders.diagnostics.filter(({ code }) => code === 'unsupported'),
    ...ofDriver.diagnostics.filter(({ code }) => code === 'no-effect'),
    ...(reading?.unread ?? []).filter(isLoss).map(effectOf),
  ];
  const isPresent = presence(rewriter);
  const reported = new Set(report.diagnostics.map(({ span }) => span?.start));
  for (const loss of losses) {
    if (loss.span && isPresent(loss.span) && !reported.has(loss.span.start)) report.addAll([loss]);
  }
}

/** What virt2xen does not know, the driver may. */
function isLoss({ path, code, reason, rule }: UnreadPart): boolean {
  if (codes[code].severity !== 'warning' || (code === 'not-implemented' && !rule)) return false;
  return reason !== '' && !readByDriver.has(path) && !path.startsWith(consolePath);
}

function effectOf({ what, reason, span }: UnreadPart): Diagnostic {
  const { severity } = codes['no-effect'];
  const place = { start: span.start, end: span.end };
  return { code: 'no-effect', severity, message: `${what} has no effect: ${reason}`, span: place };
}

/** Whether a place is still in the document after the changes. */
function presence({ editor }: XmlRewriter): (span: Span) => boolean {
  const removed = editor.removedPlaces.toSorted((a, b) => a.start - b.start);
  const changed = new Set(editor.changedPlaces.map(({ start }) => start));
  return ({ start }) => {
    let [first, end] = [0, removed.length];
    while (first < end) {
      const middle = (first + end) >> 1;
      if ((removed[middle]?.start ?? 0) <= start) first = middle + 1;
      else end = middle;
    }
    const before = removed[first - 1];
    return !changed.has(start) && (before === undefined || start >= before.end);
  };
}
