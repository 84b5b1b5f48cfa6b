import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf, withOrigin } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts, unlessLibvirts } from '../document/profile.js';
import { omitUndefined } from '../language/omit-undefined.js';
import type { Channel, LogFile } from '../model/channel.js';
import { readConnection, writeConnection } from './connection.js';
import type { XmlDescriptor } from './descriptor.js';
import { isAgentChannel } from './domain-reader.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** Reads a <channel> device. A virtio target becomes a Xen channel of the same name. */
export function readChannel(
  channel: XmlElement,
  report: Report,
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
  if (!checkTarget(target, report)) return undefined;
  const named = target.attribute('name');
  const connection = readConnection(channel, report);
  if (named === undefined) {
    const hint = "add name='...': the guest finds the channel by it";
    report.add(unlessLibvirts('channel-name', options), 'the channel has no name', target.tagSpan, hint);
  }
  const name = named ?? (isLibvirts(options) ? libvirtsNoName : undefined);
  if (name === undefined) return undefined;
  if (!connection) return undefined;
  const log = readLog(channel);
  return withOrigin<Channel>(omitUndefined({ name, connection, log }), channel.tagSpan, {
    name: target.attributeSpan('name'),
  });
}

/** What libvirt's converter writes as the name of a channel without one (xenFormatXLChannel). */
const libvirtsNoName = '(null)';

/**
 * Reads <log>, which xl.cfg cannot express. It is not marked as read, so it is reported and preserved as
 * unsupported; whoever realizes the channel finds it in the model.
 */
function readLog(channel: XmlElement): LogFile | undefined {
  const log = channel.children.find(({ name }) => name === 'log');
  const path = log?.peek('file') ?? '';
  if (!log || path === '') return undefined;
  return withOrigin({ path, append: log.peek('append') === 'on' }, log.tagSpan);
}

function writeLog({ path, append }: LogFile): XmlTree {
  return element('log', { file: path, append: append ? 'on' : 'off' });
}

function checkTarget(target: XmlElement, report: Report): boolean {
  const type = target.attribute('type');
  const refuse = (why: string): false => {
    report.add('channel-target', why, type === undefined ? target.tagSpan : target.attributeSpan('type'));
    return false;
  };
  switch (type) {
    case 'xen':
      return true;
    case 'virtio':
      report.add(
        'converted',
        'virtio channel converted to a Xen channel of the same name',
        target.attributeSpan('type'),
      );
      return true;
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

/** Writes a channel with a Xen target. */
export function writeChannel(channel: Channel): XmlTree {
  const { type, children } = writeConnection(channel.connection);
  return element('channel', { type }, [
    ...children,
    channel.log && writeLog(channel.log),
    // Without a name in the xl.cfg, libvirt's converter writes none.
    element('target', { type: 'xen', name: channel.name === '' ? undefined : channel.name }),
  ]);
}

export const channels: XmlDescriptor<'channels'> = {
  field: 'channels',
  parent: 'devices',
  read: (reader) =>
    reader.readEach(
      reader.all('channel').filter((channel) => !(reader.hasSpice && isAgentChannel(channel))),
      (element, report) => {
        const channel = readChannel(element, report, reader.options);
        const backendDomain =
          channel && reader.preserved.find('channel', 'name', channel.name)?.peek('backend');
        return channel && backendDomain !== undefined ? derive(channel, { backendDomain }) : channel;
      },
    ),
  check: ({ channels }, report) => {
    for (const channel of channels) {
      if (channel.backendDomain === undefined) continue;
      const message = `libvirt has no attribute for the backend of channel '${channel.name}' in domain '${channel.backendDomain}'`;
      report.add('channel-backend', message, originOf(channel, 'backendDomain'));
    }
  },
  write: ({ channels }) => channels.map(writeChannel),
  preserve: ({ channels }) =>
    channels.map(({ name, backendDomain }) =>
      backendDomain === undefined ? undefined : element('v2x:channel', { name, backend: backendDomain }),
    ),
  unsupported: [
    ['devices/channel/log', 'unsupported', 'xl does not log channels; virt2xen attach does'],
    ['devices/channel/target/@state', 'implied', 'it is the state of a running domain'],
  ],
};
