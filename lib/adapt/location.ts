import type { XmlEditor } from '../libvirt/xml/edit.js';
import type { XmlElement } from '../libvirt/xml/element.js';

/** The names of devices, by the child element and the attribute that contains them. */
const names: Readonly<Record<string, readonly [child: string, attribute: string]>> = {
  disk: ['target', 'dev'],
  interface: ['mac', 'address'],
  channel: ['target', 'name'],
};

/** The children of a parent that have the same name. */
interface Kind {
  /** All of them, in order. */
  readonly all: readonly XmlElement[];
  /** Their places, from 1. */
  readonly places: ReadonlyMap<XmlElement, number>;
  /** Those that have not been removed. */
  readonly left: readonly XmlElement[];
  readonly placesLeft: ReadonlyMap<XmlElement, number>;
  /** Those that are left, by their names; undefined: several have that name. */
  readonly named: ReadonlyMap<string, XmlElement | undefined>;
}

/**
 * Finds elements by their locations in a domain XML, such as `devices/disk[xvda]/target` or `os/boot[2]`; `domain` is
 * the root. Locations survive libvirt's own formatting: a device is found by its name if it has one, or by its place
 * among those of the same kind, because libvirt sorts the kinds. Elements of the same name below <domain> are one
 * parent: libvirt reads most of them as one.
 */
export class Locations {
  readonly #root: XmlElement;
  readonly #editor: XmlEditor;
  readonly #kinds = new Map<XmlElement, Map<string, Kind>>();

  /** @param editor the changes after which locations are; no more are made */
  constructor(root: XmlElement, editor: XmlEditor) {
    this.#root = root;
    this.#editor = editor;
  }

  of(element: XmlElement): string {
    const { parent, name } = element;
    if (!parent) return 'domain';
    if (parent === this.#root) return name;
    const { placesLeft, named } = this.kind(parent, name);
    const key = this.#nameOf(element);
    const place = placesLeft.get(element) ?? 1;
    const isKey = key !== undefined && named.get(key) === element;
    return `${this.of(parent)}/${name}${isKey ? `[${key}]` : place > 1 ? `[${place}]` : ''}`;
  }

  /** @returns undefined if it does not exist */
  find(location: string): XmlElement | undefined {
    if (location === 'domain') return this.#root;
    let element: XmlElement | undefined = this.#root;
    for (const step of location.split('/')) {
      const [, name = '', key = '1'] = /^([^[]+)(?:\[([^\]]+)\])?$/.exec(step) ?? [];
      const kind: Kind | undefined = element && this.kind(element, name);
      element = /^[0-9]+$/.test(key) ? kind?.left[Number(key) - 1] : kind?.named.get(key);
    }
    return element;
  }

  /** The children of a name. */
  kind(parent: XmlElement, name: string): Kind {
    const first = this.#firstOf(parent);
    const kinds = this.#kinds.get(first) ?? new Map<string, Kind>();
    this.#kinds.set(first, kinds);
    const known = kinds.get(name) ?? this.#makeKind(first, name);
    kinds.set(name, known);
    return known;
  }

  #makeKind(parent: XmlElement, name: string): Kind {
    const parents =
      parent.parent === this.#root
        ? this.#root.children.filter((other) => other.name === parent.name)
        : [parent];
    const all = parents.flatMap(({ children }) => children.filter((child) => child.name === name));
    const left = all.filter((element) => !this.#editor.isRemoved(element));
    const named = new Map<string, XmlElement | undefined>();
    for (const element of left) {
      const key = this.#nameOf(element);
      if (key !== undefined) named.set(key, named.has(key) ? undefined : element);
    }
    const numbered = (elements: readonly XmlElement[]): ReadonlyMap<XmlElement, number> =>
      new Map(elements.map((element, i) => [element, i + 1]));
    return { all, places: numbered(all), left, placesLeft: numbered(left), named };
  }

  #firstOf(parent: XmlElement): XmlElement {
    if (parent.parent !== this.#root) return parent;
    return this.#root.peekChild(parent.name) ?? parent;
  }

  /** A device's name, unless it could be a place or has characters that a location cannot contain. */
  #nameOf(element: XmlElement): string | undefined {
    const place = Object.hasOwn(names, element.name) ? names[element.name] : undefined;
    if (!place || element.parent?.name !== 'devices') return undefined;
    const child = element.peekChild(place[0]);
    const value = child && this.#editor.valueOf(child, place[1]);
    return value !== undefined && /^[\w.:-]+$/.test(value) && !/^[0-9]+$/.test(value) ? value : undefined;
  }
}
