import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import type { Os } from '../model/os.js';
import type { Parallel } from '../model/parallel.js';
import { writeChardev } from './chardev.js';
import { readChardev } from './read-chardev.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const parallels: XlDescriptor<'parallels'> = {
  field: 'parallels',
  keys: { parallel: 'devices/parallel' },
  placeholders: { parallel: 'none' },
  read: ({ xl, field, report }) => readParallels(xl, field('os'), report),
  write: (value, { out, domain, report, options }) => writeParallels(value, domain.os, out, report, options),
};

const ignored = "xl ignores 'parallel': the guest has no parallel port";

/**
 * Reads `parallel`, which libvirt writes and reads, and xl does not. A form that libvirt does not support stays
 * unread.
 */
function readParallels(xl: XlReader, os: Os, report: Report): readonly Parallel[] {
  if (os.type !== 'hvm') return [];
  const atom = xl.atomIfSingle('parallel');
  if (atom === undefined || atom.text === 'none') return [];
  const connection = readChardev(atom.text);
  if (!connection) {
    xl.leave('parallel');
    return [];
  }
  report.add('xl-ignored', ignored, atom.span);
  return [withOrigin<Parallel>({ connection, port: 0 }, atom.span)];
}

/** Writes `parallel` as libvirt does: the first port, or "none". */
function writeParallels(
  parallels: readonly Parallel[],
  os: Os,
  out: XlOutput,
  report: Report,
  options: FormatOptions,
): void {
  const leaveOut = (why: string, parallel: Parallel): void => {
    report.add('unsupported', `parallel port omitted: ${why}`, originOf(parallel));
  };
  if (os.type !== 'hvm') {
    for (const parallel of parallels) leaveOut('a PV guest has no parallel ports', parallel);
    return;
  }
  const [first, ...others] = parallels;
  for (const parallel of others) leaveOut('xl.cfg has one parallel port', parallel);
  const text =
    first && writeChardev({ kind: 'parallel', connection: first.connection }, first, report, options);
  if (first && text !== undefined) report.add('xl-ignored', ignored, originOf(first));
  out.set('parallel', text ?? 'none', originOf(first));
}
