import type { Code } from '../diagnostics/codes.js';
import type { Report } from '../diagnostics/diagnostic.js';
import { escapeAttribute } from '../libvirt/xml/characters.js';
import { XmlEditor } from '../libvirt/xml/edit.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import { adaptNamespace, findAdapted } from './metadata.js';

/** The kind of guest on Xen, by xl's names. */
export type GuestKind = 'hvm' | 'pvh' | 'pv';

/** The code and reason of a removal. */
export interface Removal {
  readonly code: Code;
  readonly reason: string;
}

/** A document while it is adapted: the edits, the diagnostics, and what is preserved. */
export class XmlRewriter {
  readonly root: XmlElement;
  readonly report: Report;
  readonly editor: XmlEditor;
  readonly #devices: readonly XmlElement[];
  readonly #keep: boolean;
  readonly #source: string;
  readonly #preserved: string[] = [];

  constructor(source: string, root: XmlElement, report: Report, keep: boolean) {
    this.root = root;
    this.report = report;
    this.editor = new XmlEditor(source);
    this.#devices = root.children
      .filter(({ name }) => name === 'devices')
      .flatMap(({ children }) => children);
    this.#keep = keep;
    this.#source = source;
  }

  /** All children of all <devices>, of which there can be several, that have not been removed. */
  get devices(): readonly XmlElement[] {
    return this.#devices.filter((device) => !this.editor.isRemoved(device));
  }

  /** The devices of a kind that have not been removed. */
  all(name: string): readonly XmlElement[] {
    return this.#devices.filter((device) => device.name === name && !this.editor.isRemoved(device));
  }

  /** The first child of the domain, or a descendant by a path such as `os/type`. */
  at(path: string): XmlElement | undefined {
    let element: XmlElement | undefined = this.root;
    for (const step of path.split('/')) element = element?.children.find(({ name }) => name === step);
    return element;
  }

  /** Removes an element and reports it; with `keep` it is preserved in <metadata>. */
  remove(element: XmlElement, { code, reason }: Removal, what = `<${element.name}>`): void {
    if (this.editor.isRemoved(element)) return;
    const place = placeOf(element);
    if (this.#keep && place !== undefined)
      this.#preserved.push(
        `<v2x:element parent='${escapeAttribute(place)}'>${this.#raw(element)}</v2x:element>`,
      );
    this.editor.remove(element);
    this.report.add(code, `${what} removed: ${reason}`, element.tagSpan);
  }

  /** Removes an attribute and reports it. */
  removeAttribute(element: XmlElement, name: string, { code, reason }: Removal): void {
    const value = element.peek(name);
    if (value === undefined) return;
    this.#keepAttribute(element, name, value);
    this.editor.removeAttribute(element, name);
    const what = `${name}='${value}' of <${element.name}>`;
    this.report.add(code, `${what} removed: ${reason}`, element.attributeSpan(name));
  }

  /** Sets an attribute and reports it, unless it has that value already. */
  change(element: XmlElement, name: string, value: string, message?: string): void {
    const present = element.peek(name);
    if (present === value) return;
    if (present !== undefined) this.#keepAttribute(element, name, present);
    this.editor.setAttribute(element, name, value);
    const what = message ?? `${name}='${present ?? ''}' of <${element.name}> converted to '${value}'`;
    this.report.add('converted', what, element.attributeSpan(name));
  }

  /** Moves a device from the domain to <metadata>, where the libvirt hook finds it. */
  setAside(device: XmlElement, message: string): void {
    this.#preserved.push(`<v2x:channels>${this.#raw(device)}</v2x:channels>`);
    this.editor.remove(device);
    this.report.add('channel-requires-hook', message, device.tagSpan, {
      hint: 'install the libvirt hook',
      remedy: { hook: 'libvirt' },
    });
  }

  /** Writes what is preserved. Must be called last. */
  finish(): void {
    if (this.#preserved.length === 0) return;
    const inside = this.#preserved.join('');
    const adapted = findAdapted(this.root);
    if (adapted) {
      this.editor.append(adapted, inside);
      return;
    }
    const whole = `<v2x:adapted xmlns:v2x='${adaptNamespace}'>${inside}</v2x:adapted>`;
    const metadata = this.at('metadata');
    if (metadata) this.editor.append(metadata, whole);
    else this.editor.append(this.root, `<metadata>${whole}</metadata>`);
  }

  /** Only attributes of elements that occur once in a domain can be restored. */
  #keepAttribute(element: XmlElement, name: string, value: string): void {
    if (!this.#keep || (element.name !== 'type' && element.name !== 'os')) return;
    const path = element.name === 'os' ? 'os' : 'os/type';
    this.#preserved.push(
      `<v2x:attribute parent='${path}' name='${name}' value='${escapeAttribute(value)}'/>`,
    );
  }

  #raw(element: XmlElement): string {
    return this.#source.slice(element.span.start, element.span.end);
  }
}

/** Parents that occur once in a domain, or whose children can be in any of them. */
function placeOf({ parent }: XmlElement): string | undefined {
  const places = ['domain', 'devices', 'os', 'clock', 'features'];
  return parent !== undefined && places.includes(parent.name) ? parent.name : undefined;
}
