import { withOrigin } from '../diagnostics/origin.js';
import type { Redirection } from '../model/redirection.js';
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
