import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { Domain } from '../model/domain.js';
import type { Graphics } from '../model/graphics.js';
import type { Os } from '../model/os.js';
import { maximumRedirections, type Redirection } from '../model/redirection.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const redirections: XlDescriptor<'redirections'> = {
  field: 'redirections',
  keys: { spiceusbredirection: 'devices/redirdev' },
  read: ({ xl, field }) => readRedirections(xl, field('os'), field('graphics')),
  write: (_, { out, domain, report }) => writeRedirections(domain, out, report),
};

/** Reads `spiceusbredirection`, a number of channels; without SPICE it has no effect and stays unread. */
function readRedirections(xl: XlReader, os: Os, graphics: readonly Graphics[]): readonly Redirection[] {
  if (os.type !== 'hvm' || !graphics.some(({ kind }) => kind === 'spice')) return [];
  const count = xl.integer('spiceusbredirection');
  if (!count) return [];
  if (count.value < 0 || count.value > maximumRedirections) {
    xl.leave('spiceusbredirection');
    return [];
  }
  return Array.from({ length: count.value }, () => withOrigin<Redirection>({ bus: 'usb' }, count.span));
}

/** Writes `spiceusbredirection`. libxl rejects it beside `usb` and `usbdevice` (libxl_dm.c). */
function writeRedirections(domain: Domain, out: XlOutput, report: Report): void {
  const { redirections, os, graphics, inputs } = domain;
  const isSpice = os.type === 'hvm' && graphics.some(({ kind }) => kind === 'spice');
  const obstacle = !isSpice
    ? 'USB redirection requires an HVM guest with SPICE'
    : inputs.length > 0
      ? 'libxl redirects no USB devices to a guest that has a USB tablet, mouse or keyboard'
      : undefined;
  redirections.forEach((redirection, index) => {
    const beyond =
      index < maximumRedirections ? undefined : `xl supports at most ${maximumRedirections} redirections`;
    const why = obstacle ?? beyond;
    if (why !== undefined)
      report.add('unsupported', `USB redirection omitted: ${why}`, originOf(redirection));
  });
  if (obstacle !== undefined || redirections.length === 0) return;
  out.set('spiceusbredirection', Math.min(redirections.length, maximumRedirections));
}
