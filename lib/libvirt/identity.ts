import { originOf } from '../diagnostics/origin.js';
import { isLibvirts } from '../document/profile.js';
import { parseUuid } from '../model/uuid.js';
import type { XmlBlock, XmlDescriptor } from './descriptor.js';
import { refuseBlanks } from './schema.js';
import { element, textElement } from './xml/tree.js';

/** The type of the domain, which determines how the rest is read; the output is always for Xen. */
export const hypervisor: XmlDescriptor<'hypervisor'> = {
  field: 'hypervisor',
  read: ({ root, report }) => {
    const type = root.attribute('type');
    if (type === 'kvm' || type === 'qemu') {
      report.add('converted', `domain type '${type}' converted to 'xen'`, root.attributeSpan('type'));
      return 'kvm';
    }
    if (type === undefined)
      report.add('value-missing', '<domain> has no type', root.tagSpan, "write <domain type='xen'>");
    else if (type !== 'xen') {
      const message = `domain type '${type}' cannot be converted to Xen`;
      report.add('domain-type', message, root.attributeSpan('type'));
    }
    return 'xen';
  },
  write: () => [],
};

export const name: XmlDescriptor<'name'> = {
  field: 'name',
  read: ({ root, report, spans }) => {
    const element = root.child('name');
    if (!element?.text()) report.add('value-missing', 'the domain has no <name>', (element ?? root).tagSpan);
    if (!element) return undefined;
    const text = element.text();
    if (text.includes('/')) report.add('value-invalid', `the name '${text}' contains '/'`, element.textSpan);
    spans.set('name', element.textSpan);
    return text;
  },
  check: (domain, report) => {
    const { name } = domain;
    const place = originOf(domain, 'name');
    if (name.includes('/'))
      report.add('value-invalid', `libvirt rejects '/' in a domain name: '${name}'`, place);
    refuseBlanks('the name', name, place, report);
  },
  write: ({ name }) => [textElement('name', name)],
};

export const uuid: XmlDescriptor<'uuid'> = {
  field: 'uuid',
  read: ({ root, report }) => {
    const element = root.child('uuid');
    if (!element) return undefined;
    const uuid = parseUuid(element.text());
    if (uuid === undefined) {
      report.add('value-invalid', `'${element.text()}' is not a UUID`, element.textSpan);
    }
    return uuid;
  },
  write: ({ uuid }) => [textElement('uuid', uuid)],
};

export const noGenerationId = "libvirt's Xen driver gives a guest no generation ID";

/** Read with the features of the guest. libvirt's Xen driver accepts it, and gives the guest none. */
export const generationId: XmlBlock<'features'> = {
  field: 'features',
  write: ({ features }, { report, options }) => {
    if (!features.generationId || isLibvirts(options)) return [];
    report.add('no-effect', `<genid> has no effect: ${noGenerationId}`, originOf(features, 'generationId'));
    return [element('genid')];
  },
};
