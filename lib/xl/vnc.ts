import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { everyAddress, maximumDisplay, vncBasePort, type Vnc } from '../model/graphics.js';

/** The settings of a VNC server in an xl.cfg, separate or in a vfb. */
export interface VncParameters {
  readonly listen?: string | undefined;
  readonly display?: number | undefined;
  /** libxl chooses a free display by default (libxl_create.c). */
  readonly findUnused?: boolean | undefined;
  readonly password?: string | undefined;
  readonly keymap?: string | undefined;
}

/**
 * Interprets them together: the display number can also be part of the address. An empty address is every address:
 * libxl passes it to QEMU unchanged (libxl_dm.c; the default applies only without an address).
 */
export function vncOf(
  parameters: VncParameters,
  span: Span | undefined,
  report: Report,
  options: FormatOptions = {},
): Vnc {
  if (isLibvirts(options)) return libvirtsVncOf(parameters, span, report);
  const { listen, display = listen?.display } = { ...parameters, listen: splitListen(parameters.listen) };
  const { findUnused = true, password, keymap } = parameters;
  if (display !== undefined && (display < 0 || display > maximumDisplay)) {
    report.add('value-invalid', `${display} is not a valid VNC display: use 0 to ${maximumDisplay}`, span);
  }
  return omitUndefined({
    kind: 'vnc',
    display: findUnused ? 'free' : (display ?? 0),
    firstDisplay: findUnused && display !== undefined && display !== 0 ? display : undefined,
    listen: listen === undefined ? undefined : listen.host || everyAddress,
    password: password || undefined,
    keymap: keymap || undefined,
  });
}

/** libvirt's converter copies the address as it stands, and the display without looking at it (xenParseVfb). */
function libvirtsVncOf(parameters: VncParameters, span: Span | undefined, report: Report): Vnc {
  const { listen, display: given = 0, findUnused = true, password, keymap } = parameters;
  const display = Number(BigInt.asIntN(32, BigInt(given)));
  if (!findUnused && (given < 0 || given > maximumDisplay)) {
    const message = `VNC display ${given} converted to port ${display + vncBasePort}, as libvirt does: QEMU rejects it`;
    report.add('profile-libvirt', message, span);
  }
  if (splitListen(listen)?.display !== undefined) {
    const message = `'${listen ?? ''}' copied as the address of VNC, as libvirt does: xl reads a display in it`;
    report.add('profile-libvirt', message, span);
  }
  return omitUndefined({
    kind: 'vnc',
    display: findUnused ? 'free' : display,
    listen: listen === undefined ? undefined : listen || everyAddress,
    password: password || undefined,
    keymap: keymap || undefined,
  });
}

/** `HOST`, `HOST:DISPLAY`, `[IPv6]` or `[IPv6]:DISPLAY`; colons without brackets are an address. */
export function splitListen(
  text: string | undefined,
): { readonly host: string; readonly display?: number } | undefined {
  if (text === undefined) return undefined;
  const [, bracketed, plain, display] = /^(?:\[([^\]]*)\]|([^:]*))(?::([0-9]{1,9}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? text;
  return display === undefined ? { host } : { host, display: Number(display) };
}

/**
 * The address and the display number in xl's syntax: an IPv6 address in brackets, followed by the display number,
 * because xl treats any colon as the start of a display number.
 */
export function writeListen(vnc: Vnc): { readonly listen?: string; readonly display?: number } {
  const display = vnc.display === 'free' ? vnc.firstDisplay : vnc.display;
  const listen = vnc.listen || undefined;
  if (listen?.includes(':')) return { listen: `[${listen}]:${display ?? 0}` };
  return omitUndefined({ listen, display });
}
