import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { isIpv6, withoutZone } from '../model/ip-address.js';
import { originOf } from '../diagnostics/origin.js';
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
  const { findUnused = true, password, keymap } = parameters;
  const place = splitListen(parameters.listen);
  const display = place.display ?? parameters.display;
  // libxl_dm.c: an address with a colon is complete.
  if (parameters.listen?.includes(':') && parameters.display) {
    const message = 'xl rejects a VNC display both in vnclisten and in vncdisplay';
    report.add('value-invalid', message, span, 'remove one of them');
  }
  if (display !== undefined && (display < 0 || display > maximumDisplay)) {
    report.add('value-invalid', `${display} is not a valid VNC display: use 0 to ${maximumDisplay}`, span);
  }
  if (place.isWithoutDisplay) {
    const message = `QEMU rejects '${parameters.listen ?? ''}' as an address of VNC: to it, the display starts at the last colon`;
    report.add('xl-nonstandard-syntax', message, span, `write [${place.host ?? ''}]:0`);
  }
  if (place.socket !== undefined && findUnused) {
    const message = 'QEMU searches no free display on a socket, and rejects it with vncunused, the default';
    report.add('value-invalid', message, span, 'add vncunused = 0');
  }
  const isFree = findUnused && place.socket === undefined;
  return omitUndefined({
    kind: 'vnc',
    display: isFree ? 'free' : (display ?? 0),
    firstDisplay: isFree && display !== undefined && display !== 0 ? display : undefined,
    listen: place.host === undefined ? undefined : place.host || everyAddress,
    socket: place.socket,
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
  if (splitListen(listen).display !== undefined) {
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

/** What `vnclisten` specifies. */
interface Place {
  readonly host?: string;
  readonly display?: number;
  /** A Unix socket in place of a host. */
  readonly socket?: string;
  /** An IPv6 address without a display, which QEMU reads otherwise. */
  readonly isWithoutDisplay?: boolean;
}

/**
 * `HOST`, `HOST:DISPLAY`, `[IPv6]:DISPLAY` or `unix:PATH`. With a colon, libxl passes it to QEMU as it is, where the
 * display starts at the last one (ui/vnc.c: vnc_display_get_address).
 */
export function splitListen(text: string | undefined): Place {
  if (text === undefined) return {};
  if (text.startsWith('unix:')) return { socket: text.slice('unix:'.length) };
  const [, before, number] = /^(.*):([0-9]{1,9})$/.exec(text) ?? [];
  const host = before === undefined ? undefined : withoutBrackets(before);
  if (host !== undefined && (!host.includes(':') || isIpv6(withoutZone(host)))) {
    return { host, display: Number(number) };
  }
  const whole = withoutBrackets(text);
  return { host: whole, isWithoutDisplay: text.includes(':') && isIpv6(withoutZone(whole)) };
}

const withoutBrackets = (text: string): string => /^\[([^\]]*)\]$/.exec(text)?.[1] ?? text;

/**
 * The address and the display number in xl's syntax: an IPv6 address in brackets, followed by the display number,
 * because xl treats any colon as the start of a display number.
 */
export function writeListen(
  vnc: Vnc,
  report: Report,
): { readonly listen?: string; readonly display?: number } {
  const display = vnc.display === 'free' ? vnc.firstDisplay : vnc.display;
  const { listen, socket } = vnc;
  if (socket !== undefined) {
    if (/[,\s]/.test(socket)) {
      const message = `QEMU would read a part of the socket '${socket}' of VNC as an option`;
      report.add('xl-unrepresentable', message, originOf(vnc));
    }
    return { listen: `unix:${socket}` };
  }
  if (listen?.includes(':')) return { listen: `[${listen}]:${display ?? 0}` };
  return omitUndefined({ listen: listen || undefined, display });
}
