import { originOf } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { readChannel } from '../libvirt/channel.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import { isPort, type Channel } from '../model/channel.js';
import type { Connection } from '../model/connection.js';
import { displayChannelReason, whyUnreachable } from '../model/connection.js';
import { addPorts, readPortsOf } from './port.js';
import type { GuestKind, XmlRewriter } from './xml-rewriter.js';

/**
 * Converts channels to Xen's. Of a PV console, the type of the target changes, name and path do not; a virtio-serial
 * port becomes arguments of the device model.
 */
export function adaptChannels(
  rewriter: XmlRewriter,
  guest: GuestKind,
  { transport, sparePorts, hvmDefaults }: Pick<FormatOptions, 'transport' | 'sparePorts' | 'hvmDefaults'>,
): void {
  const commandline = readPortsOf(rewriter, guest);
  const names = new Set(commandline.ports.map(({ channel }) => channel.name));
  const ports: Channel[] = [];
  for (const device of rewriter.all('channel')) {
    if (device.peek('type') === 'spicevmc') adaptAgentChannel(device, rewriter);
    else {
      const channel = readChannel(device, rewriter.report, guest, { transport, hvmDefaults });
      if (!channel) continue;
      checkTwice(channel, names, rewriter);
      if (isPort(channel)) {
        rewriter.editor.remove(device);
        ports.push(channel);
      } else adaptChannel(device, channel, rewriter);
    }
  }
  const spares = sparePorts ?? (guest === 'hvm' ? (hvmDefaults?.sparePorts ?? 0) : 0);
  if (ports.length + spares > 0) addPorts(rewriter, guest, commandline, ports, spares);
}

function checkTwice(channel: Channel, names: Set<string>, { report }: XmlRewriter): void {
  const { name } = channel;
  if (names.has(name))
    report.add('channel-duplicate', `a second channel is named '${name}'`, originOf(channel, 'name'));
  names.add(name);
}

function adaptChannel(device: XmlElement, { name, connection }: Channel, rewriter: XmlRewriter): void {
  const target = device.peekChild('target');
  const missing = displayChannelReason(connection);
  if (missing !== undefined) {
    rewriter.remove(device, { code: 'unsupported', reason: missing }, `channel '${name}'`);
    return;
  }
  const why = whyUnreachable(connection);
  if (why !== undefined) {
    rewriter.report.add('channel-connection', `channel '${name}': ${why}`, device.tagSpan);
    return;
  }
  if (!canBeMadeByLibvirt(connection)) {
    rewriter.setAside(
      device,
      `libvirt's Xen driver cannot create channel '${name}'; the libvirt hook creates it`,
    );
    return;
  }
  if (!target) return;
  if (target.peek('type') !== 'xen') rewriter.editor.setAttribute(target, 'type', 'xen');
  if (target.peek('state') !== undefined) rewriter.editor.removeAttribute(target, 'state');
  // libvirt would use an empty path as a path.
  const source = device.peekChild('source');
  if (source?.peek('path') === '') rewriter.editor.removeAttribute(source, 'path');
  const address = device.peekChild('address');
  if (address?.peek('type') === 'virtio-serial') {
    rewriter.remove(address, { code: 'implied', reason: 'a Xen channel has no address' });
  }
}

/** libxl_conf.c: libxlMakeChannel supports ptys and listening sockets. */
const canBeMadeByLibvirt = (connection: Connection): boolean =>
  connection.kind === 'pty' || (connection.kind === 'socket' && connection.mode === 'listen');

/** The channel of the SPICE agent: Xen's driver creates it if the mouse or the clipboard needs it. */
function adaptAgentChannel(device: XmlElement, rewriter: XmlRewriter): void {
  const spice = rewriter.all('graphics').find((graphics) => graphics.peek('type') === 'spice');
  const code = spice ? 'converted' : 'unsupported';
  const reason = spice
    ? "the SPICE agent channel is created for SPICE's client mouse mode"
    : (displayChannelReason({ kind: 'spicevmc' }) ?? '');
  rewriter.remove(device, { code, reason });
  const says = spice?.children.some(({ name }) => name === 'mouse' || name === 'clipboard');
  if (spice && !says) rewriter.editor.append(spice, "<mouse mode='client'/>");
}

/** Converts Xen channels back to virtio ports of the same name. */
export function restoreChannels(rewriter: XmlRewriter): void {
  for (const device of rewriter.all('channel')) {
    const target = device.peekChild('target');
    if (target?.peek('type') !== 'xen') continue;
    rewriter.change(target, 'type', 'virtio', 'Xen channel converted to a virtio channel of the same name');
  }
}
