import type { Report } from '../diagnostics/diagnostic.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** The namespace in which libvirt's Xen driver has what the schema of a domain does not contain (xen_xl.c). */
const namespace = 'http://libvirt.org/schemas/domain/xen/1.0';

/** The elements <xen:commandline>, whatever their prefix is. */
export const commandlines = (domain: XmlElement): readonly XmlElement[] =>
  domain.children.filter((child) => isOurs(child, 'commandline'));

/** The arguments of a <xen:commandline>. */
export const argumentsIn = (commandline: XmlElement): readonly XmlElement[] =>
  commandline.children.filter((child) => isOurs(child, 'arg'));

function isOurs(element: XmlElement, local: string): boolean {
  const colon = element.name.indexOf(':');
  const prefix = element.name.slice(0, Math.max(colon, 0));
  return element.name.slice(colon + 1) === local && element.namespaceOf(prefix) === namespace;
}

/** Reads <xen:commandline>. */
export function readCommandline(domain: XmlElement, report: Report): readonly string[] {
  return commandlines(domain)
    .flatMap((commandline) => argumentsIn(commandline.markRead()))
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

/** @param declared whether the namespace is declared on the element itself */
export function writeCommandline(args: readonly string[], declared = false): XmlTree | undefined {
  if (args.length === 0) return undefined;
  return element(
    'xen:commandline',
    declared ? commandlineNamespace(args) : {},
    args.map((value) => element('xen:arg', { value })),
  );
}

export const deviceModelArguments: XmlDescriptor<'deviceModelArguments'> = {
  field: 'deviceModelArguments',
  read: ({ root, report }) => readCommandline(root, report),
  write: ({ deviceModelArguments }) => [writeCommandline(deviceModelArguments)],
};
