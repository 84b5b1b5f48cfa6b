import { deviceKinds, type DeviceKind, type NamedDevice } from '../document/drop.js';
import { parseInteger } from '../xl-syntax/integer.js';
import type { XmlElement } from './xml/element.js';

/** A device of a domain XML. */
export interface XmlDevice extends NamedDevice {
  readonly element: XmlElement;
}

/** All devices of a domain, in all of its <devices>, with the names that select them. Nothing is marked as read. */
export function xmlDevices(root: XmlElement): readonly XmlDevice[] {
  const places = new Map<string, number>();
  const elements = root.children.filter(({ name }) => name === 'devices').flatMap(({ children }) => children);
  return elements.flatMap((element) => {
    const kind = deviceKinds.find((known) => known === element.name);
    if (kind === undefined) return [];
    const place = (places.get(kind) ?? 0) + 1;
    places.set(kind, place);
    const names = namesOf(kind, element).filter((name) => name !== undefined && name !== '');
    return {
      kind,
      names: [...new Set(names as readonly string[])],
      place,
      span: element.span,
      tagSpan: element.tagSpan,
      element,
    };
  });
}

type Names = readonly (string | undefined)[];

/** Interface types that libvirt's drivers have in common: they do not identify one of several interfaces. */
const usualInterfaces: readonly string[] = ['bridge', 'network', 'ethernet'];

function namesOf(kind: DeviceKind, element: XmlElement): Names {
  const of = (child: string, attribute: string): string | undefined =>
    element.peekChild(child)?.peek(attribute);
  const alias = of('alias', 'name');
  const type = element.peek('type');
  switch (kind) {
    case 'disk':
      return [of('target', 'dev'), element.peek('device'), alias];
    case 'interface': {
      const mac = of('mac', 'address');
      const isUsual = type !== undefined && usualInterfaces.includes(type);
      return [...(isUsual ? [mac, type] : [type, mac]), alias, of('target', 'dev')];
    }
    case 'channel':
      return [of('target', 'name'), type, alias];
    case 'hostdev':
      return [...hostdevNames(element), alias];
    default:
      return [type, element.peek('model'), of('model', 'type'), of('model', 'name'), alias];
  }
}

function hostdevNames(element: XmlElement): Names {
  const [mode = 'subsystem', type] = [element.peek('mode'), element.peek('type')];
  if (mode !== 'subsystem') return [mode, type];
  const address = element.peekChild('source')?.peekChild('address');
  const part = (name: string): number => parseInteger(address?.peek(name) ?? '0') ?? 0;
  const hex = (name: string, digits: number): string => part(name).toString(16).padStart(digits, '0');
  if (type === 'pci' && address) {
    return [`${hex('domain', 4)}:${hex('bus', 2)}:${hex('slot', 2)}.${hex('function', 1)}`, type];
  }
  if (type === 'usb' && address) return [`${part('bus')}.${part('device')}`, type];
  return [type, address?.peek('uuid')];
}
