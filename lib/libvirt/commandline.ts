import type { Report } from '../diagnostics/diagnostic.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** The namespace in which libvirt's Xen driver has what the schema of a domain does not contain (xen_xl.c). */
const namespace = 'http://libvirt.org/schemas/domain/xen/1.0';

/** Reads <xen:commandline>, whatever its prefix is. */
export function readCommandline(domain: XmlElement, report: Report): readonly string[] {
  const isOurs = (element: XmlElement, local: string): boolean => {
    const colon = element.name.indexOf(':');
    const prefix = element.name.slice(0, Math.max(colon, 0));
    return element.name.slice(colon + 1) === local && element.namespaceOf(prefix) === namespace;
  };
  return domain.children
    .filter((child) => isOurs(child, 'commandline'))
    .flatMap((commandline) => commandline.markRead().children.filter((child) => isOurs(child, 'arg')))
    .flatMap((arg) => {
      const value = arg.markRead().attribute('value');
      if (value === undefined) {
        report.add('value-missing', 'an argument for the device model has no value', arg.tagSpan);
      }
      return value ?? [];
    });
}

/** The namespace, for <domain> itself. */
export const commandlineNamespace = (args: readonly string[]): Readonly<Record<string, string>> =>
  args.length === 0 ? {} : { 'xmlns:xen': namespace };

export function writeCommandline(args: readonly string[]): XmlTree | undefined {
  if (args.length === 0) return undefined;
  return element(
    'xen:commandline',
    {},
    args.map((value) => element('xen:arg', { value })),
  );
}

export const deviceModelArguments: XmlDescriptor<'deviceModelArguments'> = {
  field: 'deviceModelArguments',
  read: ({ root, report }) => readCommandline(root, report),
  write: ({ deviceModelArguments }) => [writeCommandline(deviceModelArguments)],
};
