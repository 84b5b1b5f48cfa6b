import { derive, originOf } from '../diagnostics/origin.js';
import type { Graphics } from '../model/graphics.js';
import type { XmlDescriptor } from './descriptor.js';
import { readGraphics, writeGraphics } from './display.js';
import { isAgentChannel } from './domain-reader.js';
import { isOnSocket, preservedVncs, preserveVnc, reportSocket } from './graphics-socket.js';
import { addrIPorName, checkSchema } from './schema.js';
import type { XmlElement } from './xml/element.js';

/** The address that a display listens at, if the document contains it. */
export const addressOf = (graphics: XmlElement): string | undefined =>
  graphics.peek('listen') ?? graphics.peekChild('listen')?.peek('address');

/** `::` includes the IPv4 addresses. libxl treats what follows a colon as the display (libxl_dm.c). */
const isIpv6Alone = (address: string | undefined): boolean =>
  address !== undefined && address.includes(':') && address !== '::';

/** An HVM guest has one display of each kind; a PV guest has any number of framebuffers, not SPICE. */
export const graphics: XmlDescriptor<'graphics'> = {
  field: 'graphics',
  parent: 'devices',
  read: (reader) => {
    const displays: Graphics[] = [];
    const isHvm = reader.os.type === 'hvm';
    for (const element of reader.all('graphics')) {
      const type = element.peek('type');
      const hasRoom = isHvm ? !displays.some(({ kind }) => kind === type) : type !== 'spice';
      const display = hasRoom ? readGraphics(element, reader.report) : undefined;
      if (display) displays.push(display);
    }
    const agents = reader.hasSpice ? reader.all('channel').filter(isAgentChannel) : [];
    const hasSpice = displays.some(({ kind }) => kind === 'spice');
    for (const agent of agents) {
      if (hasSpice)
        reader.report.add('converted', 'SPICE agent channel converted to spicevdagent', agent.tagSpan);
      else reader.report.add('implied', 'SPICE agent channel omitted with its display', agent.tagSpan);
      agent.markAllRead();
    }
    const all = [...displays, ...preservedVncs(reader)];
    if (agents.length === 0) return all;
    return all.map((display) => (display.kind === 'spice' ? derive(display, { agent: true }) : display));
  },
  check: ({ graphics }, report) => {
    for (const display of graphics) {
      if (display.kind !== 'sdl')
        checkSchema('the address', display.listen, addrIPorName, originOf(display), report);
      if (isOnSocket(display)) reportSocket(display, report);
    }
  },
  write: ({ graphics }) => graphics.filter((display) => !isOnSocket(display)).map(writeGraphics),
  preserve: ({ graphics }) => graphics.filter(isOnSocket).map(preserveVnc),
  unsupported: [
    [
      'devices/graphics',
      'unsupported',
      'xl supports one display each of VNC, SPICE and SDL for an HVM guest, and VNC and SDL for a PV guest',
    ],
    ['devices/graphics/listen', 'unsupported', 'xl listens on an address, not on a libvirt network'],
    ['devices/graphics/@socket', 'unsupported', 'xl supports SPICE on TCP ports, not on sockets', 'replaced'],
    ['devices/graphics/channel', 'unsupported', 'xl cannot select the SPICE channels that require TLS'],
    ['devices/graphics/@passwdValidTo', 'implied', 'there is no password that could expire'],
  ],
  adapt: [
    {
      path: 'devices/graphics',
      driver: 'rejects',
      when: (graphics) => graphics.peek('type') === 'vnc' && isIpv6Alone(addressOf(graphics)),
      because: ['unsupported', "libvirt's Xen driver writes IPv6 addresses in a form that libxl rejects"],
    },
    {
      path: 'devices/graphics',
      driver: 'rejects',
      when: (graphics) => ['rdp', 'egl-headless', 'dbus', 'desktop'].includes(graphics.peek('type') ?? ''),
      because: ['unsupported', "Xen's driver supports VNC, SPICE and SDL"],
    },
    {
      path: 'devices/graphics',
      driver: 'rejects',
      when: (graphics, guest) => guest !== 'hvm' && graphics.peek('type') === 'spice',
      because: ['unsupported', 'only HVM guests support SPICE; use VNC'],
    },
  ],
};
