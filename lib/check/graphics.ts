import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { unlessLibvirts } from '../document/profile.js';
import type { Graphics } from '../model/graphics.js';
import { isIpv6 } from '../model/ip-address.js';

/** An IPv6 address, perhaps with its zone. */
const isListenable = (text: string): boolean => isIpv6(text.replace(/%[-.\w]+$/, ''));

/**
 * A server listens on a host name or an address. In `vnclisten` brackets end an address and a colon begins a
 * display (xl_parse.c), so either makes sense in an IPv6 address only.
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
