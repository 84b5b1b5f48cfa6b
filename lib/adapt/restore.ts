import { Report } from '../diagnostics/diagnostic.js';
import { XmlEditor } from '../libvirt/xml/edit.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import { parseXml } from '../libvirt/xml/parse.js';
import { Locations } from './location.js';
import { findAdapted, isOurs } from './metadata.js';
import type { XmlRewriter } from './xml-rewriter.js';

/**
 * Undoes the changes of an earlier run to Xen, which `--keep` has preserved in <metadata>, and removes them from there. A place
 * that is not as that run left it stays as it is, which is reported.
 */
export function restore(rewriter: XmlRewriter, source: string): void {
  const { root, report } = rewriter;
  const adapted = findAdapted(root);
  // What was preserved for the way back to Xen is of no use here.
  if (!adapted || adapted.peek('to') === 'kvm') return;
  new Restoration(rewriter, source, adapted).run();
  report.add('converted', 'values of the document before it was adapted restored', adapted.tagSpan);
  const metadata = adapted.parent;
  const isAlone = metadata && source.slice(metadata.tagSpan.end, adapted.span.start).trim() === '';
  const rest = metadata ? source.slice(adapted.span.end, metadata.span.end) : '';
  rewriter.editor.remove(metadata && isAlone && /^\s*<\/metadata\s*>$/.test(rest) ? metadata : adapted);
}

/** Removed elements of one kind and parent. */
interface Removed {
  readonly parent: XmlElement;
  readonly name: string;
  readonly items: { readonly record: XmlElement; readonly element: XmlElement }[];
}

class Restoration {
  readonly #rewriter: XmlRewriter;
  readonly #adapted: XmlElement;
  /** Of the document as it is: the records refer to it, not to what becomes of it here. */
  readonly #locations: Locations;

  constructor(rewriter: XmlRewriter, source: string, adapted: XmlElement) {
    this.#rewriter = rewriter;
    this.#adapted = adapted;
    this.#locations = new Locations(rewriter.root, new XmlEditor(source));
  }

  run(): void {
    const of = (name: string): readonly XmlElement[] =>
      this.#adapted.children.filter((record) => isOurs(record, name));
    for (const record of of('attribute')) this.#restoreAttribute(record);
    for (const record of of('text')) this.#restoreText(record);
    for (const record of of('added')) this.#removeAdded(record);
    // Those for the hook were removed from <devices>.
    const removed = this.#removedElements([...of('element'), ...of('channels')]);
    for (const { parent, name, items } of removed) this.#insert(parent, name, items);
  }

  #conflict(record: XmlElement, why: string): void {
    this.#rewriter.report.add(
      'preserved-conflict',
      `a preserved value is not restored: ${why}`,
      record.tagSpan,
    );
  }

  #find(record: XmlElement, attribute: 'at' | 'parent'): XmlElement | undefined {
    const location = record.peek(attribute) ?? 'devices';
    const element = this.#locations.find(location);
    if (!element) this.#conflict(record, `'${location}' no longer exists`);
    return element;
  }

  #restoreAttribute(record: XmlElement): void {
    const element = this.#find(record, 'at');
    const name = record.peek('name');
    if (!element || name === undefined) return;
    const [from, to, present] = [record.peek('from'), record.peek('to'), element.peek(name)];
    if (present !== to && present !== from)
      this.#conflict(record, `${name} of '${record.peek('at') ?? ''}' has changed`);
    else this.#rewriter.restore(element, name, from);
  }

  #restoreText(record: XmlElement): void {
    const element = this.#find(record, 'at');
    const [from = '', to = ''] = [record.peek('from'), record.peek('to')];
    const present = element?.content.trim();
    if (!element) return;
    if (present !== to && present !== from)
      this.#conflict(record, `the text of '${record.peek('at') ?? ''}' has changed`);
    else this.#rewriter.restoreText(element, from);
  }

  /** What was added and does not exist any more needs no removal. */
  #removeAdded(record: XmlElement): void {
    const parent = this.#find(record, 'parent');
    const added = parseXml(`<added>${record.content}</added>`, new Report());
    if (!parent || !added) return;
    const { editor } = this.#rewriter;
    for (const wanted of added.children) {
      const { name } = wanted;
      const present = this.#locations.kind(parent, name).all.filter((element) => !editor.isRemoved(element));
      const found = present.findLast((element) => isLike(element, wanted));
      if (found) editor.remove(found);
      else if (present.length > 0)
        this.#conflict(record, `<${name}> of '${record.peek('parent') ?? ''}' has changed`);
    }
  }

  #removedElements(records: readonly XmlElement[]): readonly Removed[] {
    const groups = new Map<string, Removed>();
    for (const record of records) {
      const parent = this.#find(record, 'parent');
      for (const element of parent ? record.children : []) {
        if (!parent) continue;
        const key = `${record.peek('parent') ?? 'devices'} ${element.name}`;
        const group = groups.get(key) ?? { parent, name: element.name, items: [] };
        group.items.push({ record, element });
        groups.set(key, group);
      }
    }
    return [...groups.values()];
  }

  /** Puts elements at their places among those of their kind that are left. */
  #insert(parent: XmlElement, name: string, items: Removed['items']): void {
    const { editor } = this.#rewriter;
    const left = (record: XmlElement): number => Number(record.peek('left') ?? '0');
    let present = this.#locations.kind(parent, name).all.filter((element) => !editor.isRemoved(element));
    if (parent.name !== 'devices' && items.some(({ record }) => present.length > left(record))) {
      // Addresses are assigned by libvirt's driver, which has a choice of its own.
      if (name === 'address') {
        for (const element of present) editor.remove(element);
        present = [];
      } else {
        for (const { record } of items)
          this.#conflict(record, `'${record.peek('parent') ?? ''}' has another <${name}>`);
        return;
      }
    }
    const place = ({ record }: Removed['items'][number]): number =>
      Number(record.peek('place') ?? 'Infinity');
    for (const [i, item] of items.toSorted((a, b) => place(a) - place(b)).entries()) {
      const next = present[place(item) - 1 - i];
      const last = present.at(-1);
      const { source } = item.element;
      if (next) editor.insert(source, 'before', next);
      else if (last) editor.insert(source, 'after', last);
      else editor.append(parent, source);
    }
  }
}

/** Whether an element is what was added; libvirt may have added attributes to it, with their defaults. */
function isLike(element: XmlElement, wanted: XmlElement): boolean {
  return (
    element.name === wanted.name &&
    element.content.trim() === wanted.content.trim() &&
    wanted.attributes.every(([name, value]) => name.startsWith('xmlns') || element.peek(name) === value) &&
    element.children.length === wanted.children.length &&
    wanted.children.every((child, i) => {
      const other = element.children[i];
      return other !== undefined && isLike(other, child);
    })
  );
}
