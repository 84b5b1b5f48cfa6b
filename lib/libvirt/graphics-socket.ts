import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import type { Graphics, Vnc } from '../model/graphics.js';
import { preservedHint } from '../model/preserved.js';
import type { DomainReader } from './domain-reader.js';
import { expires } from './graphics-access.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/*
 * VNC on a Unix socket, which xl.cfg expresses as vnclisten = "unix:PATH". libvirt's Xen driver ignores the socket and
 * would open a port, so such a display is never written as a <graphics> for Xen, but preserved in <metadata>.
 */

/** The path of a VNC server's socket; without one, KVM's driver chooses it at each start. */
export function vncSocketOf(graphics: XmlElement): string | undefined {
  if (graphics.peek('type') !== 'vnc' || expires(graphics)) return undefined;
  const listen = graphics.peekChild('listen');
  const path = listen ? listen.peek('type') === 'socket' && listen.peek('socket') : graphics.peek('socket');
  return path || undefined;
}

/** The attribute and the element have the same path; a port beside them has no effect. */
export function readVncOnSocket(graphics: XmlElement, socket: string): Vnc {
  const [password, keymap] = [graphics.attribute('passwd'), graphics.attribute('keymap')];
  const listen = graphics.child('listen');
  for (const name of ['type', 'socket']) listen?.attribute(name);
  for (const name of ['socket', 'port', 'autoport', 'websocket']) graphics.attribute(name);
  const vnc: Vnc = omitUndefined({ kind: 'vnc', display: 0, socket, password, keymap });
  return withOrigin(vnc, graphics.tagSpan, { password: graphics.attributeSpan('passwd') });
}

export type VncOnSocket = Vnc & { readonly socket: string };

export const isOnSocket = (display: Graphics): display is VncOnSocket =>
  display.kind === 'vnc' && display.socket !== undefined;

/** Those that an earlier conversion from xl.cfg preserved. */
export const preservedVncs = ({ preserved }: DomainReader): readonly Vnc[] =>
  preserved.all('vnc').flatMap((item) => {
    const socket = item.peek('socket');
    if (socket === undefined) return [];
    const [password, keymap] = [item.peek('passwd'), item.peek('keymap')];
    return withOrigin<Vnc>(
      omitUndefined({ kind: 'vnc', display: 0, socket, password, keymap }),
      item.tagSpan,
    );
  });

export const preserveVnc = ({ socket, password: passwd, keymap }: VncOnSocket): XmlTree =>
  element('v2x:vnc', { socket, passwd, keymap });

export function reportSocket(display: VncOnSocket, report: Report): void {
  const message = "VNC on a socket has no counterpart: libvirt's Xen driver would open a port";
  report.add('not-implemented', message, originOf(display), preservedHint);
}
