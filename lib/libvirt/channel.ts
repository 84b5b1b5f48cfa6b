import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Channel } from '../model/channel.js';
import { readConnection, writeConnection } from './connection.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** Reads a <channel> device. A virtio target becomes a Xen channel of the same name. */
export function readChannel(channel: XmlElement, report: Report): Channel | undefined {
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
  const name = target.attribute('name');
  const connection = readConnection(channel, report);
  if (name === undefined) {
    const hint = "add name='...': the guest finds the channel by it";
    report.add('channel-name', 'the channel has no name', target.tagSpan, hint);
    return undefined;
  }
  if (!connection) return undefined;
  return withOrigin<Channel>({ name, connection }, channel.tagSpan, { name: target.attributeSpan('name') });
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
        'mapped',
        'a virtio channel becomes a Xen channel of the same name',
        target.attributeSpan('type'),
      );
      return true;
    case undefined:
      return refuse("the channel's target has no type");
    case 'guestfwd':
      return refuse('guestfwd forwards a port of QEMU user networking; Xen has nothing like it');
    case 'none':
      return refuse("a channel's target cannot be 'none' on Xen: there would be nothing in the guest");
    default:
      return refuse(`unknown channel target type '${type}'`);
  }
}

/** Writes a channel with a Xen target. */
export function writeChannel(channel: Channel): XmlTree {
  const { type, children } = writeConnection(channel.connection);
  return element('channel', { type }, [...children, element('target', { type: 'xen', name: channel.name })]);
}
