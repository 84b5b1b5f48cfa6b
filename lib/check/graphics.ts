import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { unlessLibvirts } from '../document/profile.js';
import type { Graphics } from '../model/graphics.js';
import { isIpv6, withoutZone } from '../model/ip-address.js';

const isListenable = (text: string): boolean => isIpv6(withoutZone(text));

/**
 * A server listens on a host name or an address. In `vnclisten`, brackets delimit an address and a colon starts a
 * display number (xl_parse.c), so both are allowed in IPv6 addresses only.
 */
export function checkGraphics(
  displays: readonly Graphics[],
  report: Report,
  options: FormatOptions = {},
): void {
  for (const display of displays) {
    const listen = display.kind === 'sdl' ? undefined : display.listen;
    if (listen === undefined || !/[:[\]]/.test(listen) || isListenable(listen)) continue;
    const message = `'${listen}' is not a valid listen address`;
    report.add(unlessLibvirts('value-invalid', options), message, originOf<object>(display));
  }
}
