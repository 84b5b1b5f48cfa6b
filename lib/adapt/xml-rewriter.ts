import type { Code } from '../diagnostics/codes.js';
import type { Report } from '../diagnostics/diagnostic.js';
import { XmlEditor } from '../libvirt/xml/edit.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import type { Disk } from '../model/disk.js';
import { adaptNamespace, findAdapted } from './metadata.js';
import { recordsOf } from './record.js';

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
  /** The disks that have been read: what there is to report of them is reported. */
  readonly disks = new Map<XmlElement, Disk>();
  readonly #devices: readonly XmlElement[];
  readonly #keep: 'xen' | 'kvm' | undefined;
  /** Channels for the hook. */
  readonly #setAside = new Set<XmlElement>();
  /** The attributes of elements that have got back their earlier values; the name of the text is empty. */
  readonly #restored = new Map<XmlElement, Set<string>>();

  /** @param keep for the way back from where: undefined, if nothing is preserved */
  constructor(source: string, root: XmlElement, report: Report, keep: 'xen' | 'kvm' | undefined) {
    this.root = root;
    this.report = report;
    this.editor = new XmlEditor(source);
    this.#devices = root.children
      .filter(({ name }) => name === 'devices')
      .flatMap(({ children }) => children);
    this.#keep = keep;
  }

  /** All children of all <devices>, of which there can be several, that have not been removed. */
  get devices(): readonly XmlElement[] {
    return this.#devices.filter((device) => !this.editor.isRemoved(device));
  }

  /** The devices of a kind that have not been removed. */
  all(name: string): readonly XmlElement[] {
    return this.#devices.filter((device) => device.name === name && !this.editor.isRemoved(device));
  }

  /** The first child of the domain, or a descendant by a path such as `os/type`, that has not been removed. */
  at(path: string): XmlElement | undefined {
    let element: XmlElement | undefined = this.root;
    for (const step of path.split('/')) {
      element = element?.children.find((child) => child.name === step && !this.editor.isRemoved(child));
    }
    return element;
  }

  /** All elements at a path from below <domain> that have not been removed. */
  every(path: string): readonly XmlElement[] {
    let found: readonly XmlElement[] = [this.root];
    for (const step of path.split('/')) {
      found = found.flatMap(({ children }) => children.filter(({ name }) => name === step));
    }
    return found.filter((element) => !this.editor.isRemoved(element));
  }

  /** Removes an element and reports it; with `keep` it is preserved in <metadata>. */
  remove(element: XmlElement, { code, reason }: Removal, what = `<${element.name}>`): void {
    if (this.editor.isRemoved(element)) return;
    this.editor.remove(element);
    this.report.add(code, `${what} removed: ${reason}`, element.tagSpan);
  }

  /** Removes an attribute and reports it. */
  removeAttribute(element: XmlElement, name: string, { code, reason }: Removal): void {
    const value = element.peek(name);
    if (value === undefined || this.isRestored(element, name)) return;
    this.editor.removeAttribute(element, name);
    const what = `${name}='${value}' of <${element.name}>`;
    this.report.add(code, `${what} removed: ${reason}`, element.attributeSpan(name));
  }

  /** Sets an attribute and reports it, unless it has that value already, or has got back an earlier one. */
  change(element: XmlElement, name: string, value: string, message?: string): void {
    const present = element.peek(name);
    if (present === value || this.isRestored(element, name)) return;
    this.editor.setAttribute(element, name, value);
    const what = message ?? `${name}='${present ?? ''}' of <${element.name}> converted to '${value}'`;
    this.report.add('converted', what, element.attributeSpan(name));
  }

  /** Moves a device from the domain to <metadata>, where the libvirt hook finds it. */
  setAside(device: XmlElement, message: string): void {
    this.#setAside.add(device);
    this.editor.remove(device);
    this.report.add('channel-requires-hook', message, device.tagSpan, {
      hint: 'install the libvirt hook',
      remedy: { hook: 'libvirt' },
    });
  }

  /** Gives an attribute its earlier value: undefined removes it. It is not converted any more. */
  restore(element: XmlElement, name: string, value: string | undefined): void {
    if (value === undefined) this.editor.removeAttribute(element, name);
    else this.editor.setAttribute(element, name, value);
    this.#markRestored(element, name);
  }

  /** Gives an element its earlier text. */
  restoreText(element: XmlElement, text: string): void {
    this.editor.setText(element, text);
    this.#markRestored(element, '');
  }

  /** Whether an attribute, or the text if the name is empty, has got back its earlier value. */
  isRestored(element: XmlElement, name: string): boolean {
    return this.#restored.get(element)?.has(name) ?? false;
  }

  #markRestored(element: XmlElement, name: string): void {
    const names = this.#restored.get(element) ?? new Set<string>();
    this.#restored.set(element, names.add(name));
  }

  /** Writes what is preserved: with `keep`, each change, and the channels for the hook. Must be called last. */
  finish(): void {
    const inside = recordsOf(this.root, this.editor, this.#setAside, this.#keep !== undefined).join('');
    if (inside === '') return;
    const to = this.#keep === 'kvm' ? 'kvm' : undefined;
    const adapted = findAdapted(this.root);
    if (adapted && adapted.peek('to') === to && !this.editor.isRemoved(adapted)) {
      this.editor.append(adapted, inside);
      return;
    }
    // That of the other direction has no use now, and libvirt stores one element of a namespace.
    if (adapted) this.editor.remove(adapted);
    const attributes = `xmlns:v2x='${adaptNamespace}'${to ? ` to='${to}'` : ''}`;
    const whole = `<v2x:adapted ${attributes}>${inside}</v2x:adapted>`;
    const metadata = this.at('metadata');
    if (metadata) this.editor.append(metadata, whole);
    else this.editor.append(this.root, `<metadata>${whole}</metadata>`);
  }
}
