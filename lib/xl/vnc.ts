import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import { everyAddress, maximumDisplay, vncBasePort, type Vnc } from '../model/graphics.js';

/** What an xl.cfg says of a VNC server, in settings of its own or in a vfb. */
export interface VncParameters {
  readonly listen?: string | undefined;
  readonly display?: number | undefined;
  /** libxl looks for a free display unless told not to (libxl_create.c). */
  readonly findUnused?: boolean | undefined;
  readonly password?: string | undefined;
  readonly keymap?: string | undefined;
}

/**
 * Makes sense of them together: the display may stand behind the address, too. An empty address is every address:
 * libxl hands it to QEMU as it is (libxl_dm.c; the default is for no address at all).
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
  return {
    kind: 'vnc',
    display: findUnused ? 'free' : (display ?? 0),
    ...(findUnused && display !== undefined && display !== 0 && { firstDisplay: display }),
    ...(listen !== undefined && { listen: listen.host || everyAddress }),
    ...(password && { password }),
    ...(keymap && { keymap }),
  };
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
  return {
    kind: 'vnc',
    display: findUnused ? 'free' : display,
    ...(listen !== undefined && { listen: listen || everyAddress }),
    ...(password && { password }),
    ...(keymap && { keymap }),
  };
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
 * The address and the display as xl wants them: an IPv6 address in brackets, with the display
 * behind it, because xl takes any colon for the beginning of a display.
 */
export function writeListen(vnc: Vnc): { readonly listen?: string; readonly display?: number } {
  const display = vnc.display === 'free' ? vnc.firstDisplay : vnc.display;
  const listen = vnc.listen || undefined;
  if (listen?.includes(':')) return { listen: `[${listen}]:${display ?? 0}` };
  return { ...(listen !== undefined && { listen }), ...(display !== undefined && { display }) };
}
