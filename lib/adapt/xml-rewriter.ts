import type { Code } from '../diagnostics/codes.js';
import type { Report } from '../diagnostics/diagnostic.js';
import { escapeAttribute } from '../libvirt/xml/characters.js';
import { XmlEditor } from '../libvirt/xml/edit.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import { adaptNamespace, findAdapted } from './metadata.js';

/** The kind of guest on Xen, by xl's names. */
export type GuestKind = 'hvm' | 'pvh' | 'pv';

/** What happens to something, and why. */
export interface Removal {
  readonly code: Code;
  readonly reason: string;
}

/** A document on its way to the other hypervisor: the changes, what is reported of them, what is preserved. */
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

  /** All children of all <devices>, of which there may be several, that are still there. */
  get devices(): readonly XmlElement[] {
    return this.#devices.filter((device) => !this.editor.isRemoved(device));
  }

  /** The devices of a kind that are still there. */
  all(name: string): readonly XmlElement[] {
    return this.#devices.filter((device) => device.name === name && !this.editor.isRemoved(device));
  }

  /** The first child of the domain, or below, by a path such as `os/type`. */
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

  /** Removes an attribute and says so. */
  removeAttribute(element: XmlElement, name: string, { code, reason }: Removal): void {
    const value = element.peek(name);
    if (value === undefined) return;
    this.#keepAttribute(element, name, value);
    this.editor.removeAttribute(element, name);
    const what = `${name}='${value}' of <${element.name}>`;
    this.report.add(code, `${what} removed: ${reason}`, element.attributeSpan(name));
  }

  /** Gives an attribute another value and says so, unless it has it. */
  change(element: XmlElement, name: string, value: string, message?: string): void {
    const present = element.peek(name);
    if (present === value) return;
    if (present !== undefined) this.#keepAttribute(element, name, present);
    this.editor.setAttribute(element, name, value);
    const what = message ?? `${name}='${present ?? ''}' of <${element.name}> converted to '${value}'`;
    this.report.add('converted', what, element.attributeSpan(name));
  }

  /** Takes a device out of the domain, and into the <metadata> where the libvirt hook finds it. */
  setAside(device: XmlElement, message: string): void {
    this.#preserved.push(`<v2x:channels>${this.#raw(device)}</v2x:channels>`);
    this.editor.remove(device);
    this.report.add('channel-requires-hook', message, device.tagSpan, {
      hint: 'install the libvirt hook',
      remedy: { hook: 'libvirt' },
    });
  }

  /** Writes what is kept. To be called last. */
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

  /** Only what has one place in a domain can be put back there. */
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

/** The parents of which a domain has one, or whose children can stand in any of them. */
function placeOf({ parent }: XmlElement): string | undefined {
  const places = ['domain', 'devices', 'os', 'clock', 'features'];
  return parent !== undefined && places.includes(parent.name) ? parent.name : undefined;
}
