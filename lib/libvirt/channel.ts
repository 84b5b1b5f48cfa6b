import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf, withOrigin } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts, unlessLibvirts } from '../document/profile.js';
import { chooseTransport } from '../document/transport.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { displayChannelReason, whyUnreachable } from '../model/connection.js';
import { isPort, type Channel, type LogFile, type Transport } from '../model/channel.js';
import type { Os } from '../model/os.js';
import { readPorts } from '../qemu-syntax/port.js';
import { argumentsIn, commandlines } from './commandline.js';
import { readConnection, writeConnection } from './connection.js';
import type { XmlDescriptor } from './descriptor.js';
import { isAgentChannel, type DomainReader } from './domain-reader.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/**
 * Reads a <channel> device, with the transport that the options select.
 *
 * @param guest the kind of guest on Xen
 */
export function readChannel(
  channel: XmlElement,
  report: Report,
  guest: Os['type'],
  options: FormatOptions = {},
): Channel | undefined {
  const target = channel.child('target');
  if (!target) {
    report.add(
      'channel-target',
      'the channel has no <target>',
      channel.tagSpan,
      "add <target type='xen' name='...'/>",
    );
    return undefined;
  }
  const type = targetType(target, report);
  if (type === undefined) return undefined;
  const { transport: option, hvmDefaults } = options;
  const asPort = chooseTransport(type, guest, option, hvmDefaults?.transport) === 'virtio-serial';
  const named = target.attribute('name');
  const connection = readConnection(channel, report);
  const isPossible = connection && !(displayChannelReason(connection) ?? whyUnreachable(connection));
  if (type === 'virtio' && !asPort && isPossible) {
    const message = 'virtio channel converted to a Xen channel of the same name';
    report.add('converted', message, target.attributeSpan('type'));
  }
  if (named === undefined) {
    const hint = "add name='...': the guest finds the channel by it";
    report.add(unlessLibvirts('channel-name', options), 'the channel has no name', target.tagSpan, hint);
  }
  const name = named ?? (isLibvirts(options) ? libvirtsNoName : undefined);
  if (name === undefined) return undefined;
  if (!connection) return undefined;
  const log = readLog(channel, asPort);
  const transport = asPort ? readPort(channel) : undefined;
  return withOrigin<Channel>(omitUndefined({ name, connection, transport, log }), channel.tagSpan, {
    name: target.attributeSpan('name'),
  });
}

/** What libvirt's converter writes as the name of a channel without one (xenFormatXLChannel). */
const libvirtsNoName = '(null)';

/**
 * Reads <log>, which xl.cfg can express of a virtio-serial port only. Of a PV console it is not marked as read, so it
 * is reported and preserved as unsupported; whoever realizes the channel finds it in the model.
 */
function readLog(channel: XmlElement, asPort: boolean): LogFile | undefined {
  const log = channel.peekChild('log');
  const path = log?.peek('file') ?? '';
  if (!log || path === '') return undefined;
  if (asPort) log.markAllRead();
  return withOrigin({ path, append: log.peek('append') === 'on' }, log.tagSpan);
}

/** The number of a port on libvirt's first controller; it has one on Xen. Number 0 is a console's. */
function readPort(channel: XmlElement): Transport {
  const address = channel.children.find(
    (child) => child.name === 'address' && child.peek('type') === 'virtio-serial',
  );
  const port = address?.peek('port') ?? '';
  const isFirst = (address?.peek('controller') ?? '0') === '0' && (address?.peek('bus') ?? '0') === '0';
  if (!address || !isFirst || !/^[1-9][0-9]?$/.test(port)) return { kind: 'virtio-serial' };
  address.markAllRead();
  return { kind: 'virtio-serial', nr: Number(port) };
}

function writeLog({ path, append }: LogFile): XmlTree {
  return element('log', { file: path, append: append ? 'on' : 'off' });
}

function targetType(target: XmlElement, report: Report): 'xen' | 'virtio' | undefined {
  const type = target.attribute('type');
  const refuse = (why: string): undefined => {
    report.add('channel-target', why, type === undefined ? target.tagSpan : target.attributeSpan('type'));
    return undefined;
  };
  switch (type) {
    case 'xen':
    case 'virtio':
      return type;
    case undefined:
      return refuse("the channel's target has no type");
    case 'guestfwd':
      return refuse('guestfwd forwards a port of QEMU user networking; Xen has no counterpart');
    case 'none':
      return refuse("a channel's target cannot be 'none' on Xen: there would be nothing in the guest");
    default:
      return refuse(`unknown channel target type '${type}'`);
  }
}

/**
 * Writes a channel: with a Xen target, or for KVM.
 *
 * @param nr for KVM, the number of the port; absent: libvirt chooses it
 */
export function writeChannel(channel: Channel, target: 'xen' | 'virtio' = 'xen', nr?: number): XmlTree {
  const { type, children } = writeConnection(channel.connection);
  return element('channel', { type }, [
    ...children,
    channel.log && writeLog(channel.log),
    // Without a name in the xl.cfg, libvirt's converter writes none.
    element('target', { type: target, name: channel.name === '' ? undefined : channel.name }),
    nr === undefined
      ? undefined
      : element('address', { type: 'virtio-serial', controller: 0, bus: 0, port: nr }),
  ]);
}

/** The ports among the arguments of an HVM guest's device model. */
function portsOf({ os, field, root }: DomainReader): readonly Channel[] {
  if (os.type !== 'hvm') return [];
  // The reader of the arguments reports one without a value, and passes it over.
  const args = commandlines(root)
    .flatMap(argumentsIn)
    .filter((arg) => arg.peek('value') !== undefined);
  return readPorts(field('deviceModelArguments')).map(({ channel, places: [first = 0] }) =>
    withOrigin(channel, args[first]?.tagSpan),
  );
}

export const channels: XmlDescriptor<'channels'> = {
  field: 'channels',
  parent: 'devices',
  read: (reader) => [
    ...reader.readEach(
      reader.all('channel').filter((channel) => !(reader.hasSpice && isAgentChannel(channel))),
      (element, report) => {
        const channel = readChannel(element, report, reader.os.type, reader.options);
        const backendDomain =
          channel && reader.preserved.find('channel', 'name', channel.name)?.peek('backend');
        return channel && backendDomain !== undefined ? derive(channel, { backendDomain }) : channel;
      },
    ),
    ...portsOf(reader),
  ],
  check: ({ channels }, report) => {
    for (const channel of channels) {
      if (channel.backendDomain === undefined) continue;
      const message = `libvirt has no attribute for the backend of channel '${channel.name}' in domain '${channel.backendDomain}'`;
      report.add('channel-backend', message, originOf(channel, 'backendDomain'));
    }
  },
  // Ports are among the arguments of the device model.
  write: ({ channels }) =>
    channels.filter((channel) => !isPort(channel)).map((channel) => writeChannel(channel)),
  preserve: ({ channels }) =>
    channels.map(({ name, backendDomain }) =>
      backendDomain === undefined ? undefined : element('v2x:channel', { name, backend: backendDomain }),
    ),
  unsupported: [
    ['devices/channel/log', 'unsupported', 'xl does not log channels; virt2xen attach does'],
    ['devices/channel/target/@state', 'implied', 'it is the state of a running domain'],
  ],
};
