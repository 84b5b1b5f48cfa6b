import { withOrigin } from '../diagnostics/origin.js';
import type { Redirection } from '../model/redirection.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** Reads a <redirdev> over SPICE; any other stays unread. */
export function readRedirection(redirdev: XmlElement, hasSpice: boolean): Redirection | undefined {
  if (!hasSpice || redirdev.peek('type') !== 'spicevmc' || redirdev.peek('bus') !== 'usb') return undefined;
  for (const name of ['bus', 'type']) redirdev.markRead().attribute(name);
  return withOrigin<Redirection>({ bus: 'usb' }, redirdev.tagSpan);
}

export const writeRedirection = ({ bus }: Redirection): XmlTree =>
  element('redirdev', { bus, type: 'spicevmc' });

export const redirections: XmlDescriptor<'redirections'> = {
  field: 'redirections',
  parent: 'devices',
  read: (reader) =>
    reader.all('redirdev').flatMap((redirdev) => readRedirection(redirdev, reader.hasSpice) ?? []),
  write: ({ redirections }) => redirections.map(writeRedirection),
  unsupported: [
    ['devices/redirdev', 'unsupported', 'xl redirects USB devices with SPICE to HVM guests only'],
    ['devices/redirfilter', 'unsupported', 'xl cannot restrict which USB devices are redirected'],
  ],
  adapt: [
    {
      path: 'devices/redirdev',
      driver: 'rejects',
      because: ['unsupported', "Xen's driver cannot redirect USB devices"],
    },
  ],
};
