import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import {
  imageCompressions,
  streamings,
  vncBasePort,
  type Graphics,
  type Sdl,
  type Spice,
  type Vnc,
} from '../model/graphics.js';
import { requiresTls, widerAccess } from './graphics-access.js';
import { readVncOnSocket, vncSocketOf } from './graphics-socket.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/* One <graphics>: a display of VNC, SPICE or SDL. Which displays a guest can have is in graphics.ts. */

/**
 * Reads a <graphics>; a type that Xen does not support stays unread, as does one that Xen would make more
 * accessible.
 */
export function readGraphics(graphics: XmlElement, report: Report): Graphics | undefined {
  const socket = vncSocketOf(graphics);
  const wider = socket === undefined ? widerAccess(graphics) : undefined;
  if (wider !== undefined) {
    graphics.leave(wider);
    return undefined;
  }
  switch (graphics.peek('type')) {
    case 'vnc':
      return socket === undefined
        ? readVnc(claim(graphics), report)
        : readVncOnSocket(claim(graphics), socket);
    case 'spice':
      return readSpice(claim(graphics), report);
    case 'sdl':
      return readSdl(claim(graphics));
    default:
      graphics.leave("Xen's QEMU has displays of the types VNC, SPICE and SDL only");
      return undefined;
  }
}

function claim(graphics: XmlElement): XmlElement {
  graphics.attribute('type');
  return graphics.markRead();
}

function readVnc(graphics: XmlElement, report: Report): Vnc {
  const port = readPort(graphics, 'port', report);
  const auto = graphics.attribute('autoport') === 'yes' || port === undefined;
  const [listen, password, keymap] = [
    readListen(graphics),
    graphics.attribute('passwd'),
    graphics.attribute('keymap'),
  ];
  if (!auto && port < vncBasePort) {
    const message = `VNC port ${port} has no display number: display 0 is port ${vncBasePort}`;
    report.add('value-invalid', message, graphics.attributeSpan('port'));
  }
  const vnc: Vnc = omitUndefined({
    kind: 'vnc',
    display: auto ? 'free' : port - vncBasePort,
    listen: listen || undefined,
    password,
    keymap,
  });
  return withOrigin(vnc, graphics.tagSpan, { password: graphics.attributeSpan('passwd') });
}

/** The value of an attribute of a part, if it is one of these words; another one stays unread. */
function readWord<Word extends string>(
  graphics: XmlElement,
  part: string,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const child = graphics.peekChild(part);
  const word = words.find((known) => known === child?.peek(name));
  if (word !== undefined) child?.markRead().attribute(name);
  return word;
}

/** A TCP port; with -1, an empty value or 0 the server chooses one. */
function readPort(graphics: XmlElement, name: string, report: Report): number | undefined {
  const text = graphics.attribute(name);
  if (text === undefined || text === '' || text === '-1' || text === '0') return undefined;
  if (/^[0-9]{1,5}$/.test(text) && Number(text) <= 65535) return Number(text);
  report.add('value-invalid', `'${text}' is not a port`, graphics.attributeSpan(name));
  return undefined;
}

/**
 * The attribute, or the first <listen type='address'>, which libvirt writes in addition. That of a network contains
 * its address in the XML of a running domain.
 */
function readListen(graphics: XmlElement): string | undefined {
  const attribute = graphics.attribute('listen');
  const first = graphics.peekChild('listen');
  if (!first) return attribute;
  // An address that differs from the attribute stays unread.
  const isSame = attribute === undefined || first.peek('address') === attribute;
  const hasAddress =
    first.peek('type') === 'address' || (first.peek('type') === 'network' && first.peek('address'));
  if (!hasAddress || !isSame) return attribute;
  const address = first.markRead().attribute('address');
  for (const name of ['type', 'network']) first.attribute(name);
  return attribute ?? address;
}

function readSpice(graphics: XmlElement, report: Report): Spice {
  const [port, tlsPort] = [readPort(graphics, 'port', report), readPort(graphics, 'tlsPort', report)];
  const auto = graphics.attribute('autoport') === 'yes';
  // A display that requires TLS has a TLS port (widerAccess), and no other.
  const isSecure = requiresTls(graphics);
  if (isSecure) readSecureModes(graphics, report);
  const [listen, password] = [readListen(graphics), graphics.attribute('passwd')];
  const mouse = graphics.child('mouse')?.attribute('mode');
  const copypaste = graphics.child('clipboard')?.attribute('copypaste');
  const imageCompression = readWord(graphics, 'image', 'compression', imageCompressions);
  const streaming = readWord(graphics, 'streaming', 'mode', streamings);
  const spice: Spice = omitUndefined({
    kind: 'spice',
    port: auto || isSecure ? undefined : port,
    tlsPort: auto && !isSecure ? undefined : tlsPort,
    listen: listen || undefined,
    password,
    agentMouse: mouse === undefined ? undefined : mouse === 'client',
    clipboard: copypaste === undefined ? undefined : copypaste === 'yes',
    imageCompression,
    streaming,
  });
  return withOrigin(spice, graphics.tagSpan, { password: graphics.attributeSpan('passwd') });
}

/** On Xen, such a display has no plain port: all of its channels require TLS. */
function readSecureModes(graphics: XmlElement, report: Report): void {
  if (graphics.peek('defaultMode') === 'secure') graphics.attribute('defaultMode');
  const secure = graphics.children.filter(
    (child) => child.name === 'channel' && child.peek('mode') === 'secure',
  );
  for (const channel of secure) channel.markAllRead();
  const [first] = secure;
  if (first)
    report.add('implied', '<channel> omitted: all channels of this display require TLS', first.tagSpan);
}

function readSdl(graphics: XmlElement): Sdl {
  const [display, xauthority] = [graphics.attribute('display'), graphics.attribute('xauth')];
  const sdl: Sdl = omitUndefined({
    kind: 'sdl',
    display,
    xauthority,
  });
  return withOrigin(sdl, graphics.tagSpan);
}

/** Writes a <graphics> with the <listen> that libvirt adds. */
export function writeGraphics(graphics: Graphics): XmlTree {
  if (graphics.kind === 'sdl') {
    return element('graphics', { type: 'sdl', display: graphics.display, xauth: graphics.xauthority });
  }
  const { listen, password } = graphics;
  const listenElement = element('listen', { type: 'address', address: listen });
  if (graphics.kind === 'vnc') {
    const { display, keymap } = graphics;
    const number = display === 'free' || graphics.isPortless ? undefined : vncBasePort + display;
    const port = display === 'free' ? { port: -1, autoport: 'yes' } : { port: number, autoport: 'no' };
    return element('graphics', { type: 'vnc', ...port, listen, keymap, passwd: password }, [listenElement]);
  }
  const { port, tlsPort, agentMouse, clipboard, imageCompression, streaming } = graphics;
  const autoport = port === undefined && tlsPort === undefined ? 'yes' : 'no';
  return element('graphics', { type: 'spice', port, tlsPort, autoport, listen, passwd: password }, [
    listenElement,
    imageCompression && element('image', { compression: imageCompression }),
    streaming && element('streaming', { mode: streaming }),
    agentMouse === undefined ? undefined : element('mouse', { mode: agentMouse ? 'client' : 'server' }),
    clipboard === undefined ? undefined : element('clipboard', { copypaste: clipboard ? 'yes' : 'no' }),
  ]);
}
