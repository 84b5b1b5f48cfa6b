import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { isLimit, type Xenbus } from '../model/xenbus.js';
import type { XmlDescriptor } from './descriptor.js';
import type { DomainReader } from './domain-reader.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** Reads the limits of a <controller type='xenbus'>; 0 means none. */
export function readXenbus(controller: XmlElement, report: Report): Xenbus | undefined {
  for (const name of ['type', 'index']) controller.attribute(name);
  const limit = (name: string): number | undefined => {
    const text = controller.attribute(name);
    if (text === undefined || text === '0') return undefined;
    if (/^[0-9]{1,10}$/.test(text) && isLimit(Number(text))) return Number(text);
    report.add('value-invalid', `${name}='${text}' is not a valid limit`, controller.attributeSpan(name));
    return undefined;
  };
  const [maxEventChannels, maxGrantFrames] = [limit('maxEventChannels'), limit('maxGrantFrames')];
  if (maxEventChannels === undefined && maxGrantFrames === undefined) return undefined;
  return withOrigin<Xenbus>(omitUndefined({ maxEventChannels, maxGrantFrames }), controller.tagSpan);
}

export const writeXenbus = ({ maxEventChannels, maxGrantFrames }: Xenbus): XmlTree =>
  element('controller', { type: 'xenbus', index: 0, maxGrantFrames, maxEventChannels });

/** The first <controller type='xenbus'>. */
export const xenbusElement = (reader: DomainReader): XmlElement | undefined =>
  reader.all('controller').find((controller) => controller.peek('type') === 'xenbus');

export const xenbus: XmlDescriptor<'xenbus'> = {
  field: 'xenbus',
  parent: 'devices',
  read: (reader) => {
    const controller = xenbusElement(reader);
    return controller && readXenbus(controller.markRead(), reader.report);
  },
  write: (domain) => [domain.xenbus && writeXenbus(domain.xenbus)],
};
