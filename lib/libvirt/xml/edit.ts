import type { Span } from '../../diagnostics/span.js';
import { escapeAttribute, escapeText } from './characters.js';
import type { XmlElement } from './element.js';
import { compactXml, type XmlTree } from './tree.js';

/** A change to a text: `length` UTF-16 units at `offset` are replaced by `content`. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly content: string;
}

/** Applies edits that do not overlap and are sorted by offset. */
export function applyEdits(source: string, edits: readonly Edit[]): string {
  let [result, at] = ['', 0];
  for (const { offset, length, content } of edits) {
    result += source.slice(at, offset) + content;
    at = offset + length;
  }
  return result + source.slice(at);
}

/** A change to a document, of which nothing inside a removed element is one. */
export type Change =
  | {
      readonly kind: 'attribute';
      readonly element: XmlElement;
      readonly name: string;
      /** The values before and after; undefined: the element does not have the attribute. */
      readonly from: string | undefined;
      readonly to: string | undefined;
    }
  | { readonly kind: 'text'; readonly element: XmlElement; readonly from: string; readonly to: string }
  | { readonly kind: 'removed'; readonly element: XmlElement }
  | { readonly kind: 'added'; readonly parent: XmlElement; readonly xml: string };

interface AttributeEdit extends Edit {
  readonly value: string | undefined;
  /** Where the attribute was that is changed or removed. */
  readonly place: Span | undefined;
}

/**
 * Collects changes to a document as edits of its text. The rest is unchanged, including comments, order, quotes and
 * blanks.
 */
export class XmlEditor {
  readonly #source: string;
  readonly #edits: Edit[] = [];
  /** Of attributes: the last change of one counts. */
  readonly #attributeEdits = new Map<XmlElement, Map<string, AttributeEdit>>();
  readonly #texts = new Map<XmlElement, string>();
  readonly #removed = new Set<XmlElement>();
  readonly #added: { readonly parent: XmlElement; readonly xml: string }[] = [];
  /** What is appended to elements such as <a/>, which get an end tag then. */
  readonly #filled = new Map<XmlElement, string[]>();

  constructor(source: string) {
    this.#source = source;
  }

  /**
   * Sorted by offset; at the same offset, in the order in which they were made. Changes inside a removed element
   * are discarded.
   */
  get edits(): readonly Edit[] {
    const ofAttributes = [...this.#attributeEdits.values()].flatMap((edits) =>
      [...edits.values()].map(({ offset, length, content }) => ({ offset, length, content })),
    );
    const ofFilled = [...this.#filled].map(([element, parts]) => this.#fill(element, parts.join('')));
    const sorted = [...this.#edits, ...ofAttributes, ...ofFilled].toSorted(
      (a, b) => a.offset - b.offset || a.length - b.length,
    );
    let end = 0;
    return sorted.filter((edit) => {
      if (edit.offset < end) return false;
      end = Math.max(end, edit.offset + edit.length);
      return true;
    });
  }

  /** What the edits do, so that it can be undone: of each attribute and text once. */
  get changes(): readonly Change[] {
    const attributes = [...this.#attributeEdits].flatMap(([element, edits]) =>
      [...edits].map(([name, { value }]): Change => ({
        kind: 'attribute',
        element,
        name,
        from: element.peek(name),
        to: value,
      })),
    );
    const texts = [...this.#texts].map(([element, to]): Change => ({
      kind: 'text',
      element,
      from: element.content.trim(),
      to,
    }));
    const added = this.#added.map(({ parent, xml }): Change => ({ kind: 'added', parent, xml }));
    const removed = [...this.#removed].map((element): Change => ({ kind: 'removed', element }));
    return [...attributes, ...texts, ...added, ...removed].filter((change) => {
      const place = change.kind === 'added' ? change.parent : change.element;
      return this.#remains(change.kind === 'removed' ? place.parent : place);
    });
  }

  /** Where the elements were that are removed, each as a whole. */
  get removedPlaces(): readonly Span[] {
    return [...this.#removed].filter(({ parent }) => this.#remains(parent)).map(({ span }) => span);
  }

  /** Where the attributes were that are changed or removed. */
  get changedPlaces(): readonly Span[] {
    const places: Span[] = [];
    for (const edits of this.#attributeEdits.values()) {
      for (const { place } of edits.values()) if (place) places.push(place);
    }
    return places;
  }

  #remains(element: XmlElement | undefined): boolean {
    return element === undefined || !this.isRemoved(element);
  }

  isRemoved(element: XmlElement): boolean {
    return this.#removed.has(element) || (element.parent !== undefined && this.isRemoved(element.parent));
  }

  /** The value of an attribute after the changes. */
  valueOf(element: XmlElement, name: string): string | undefined {
    const edit = this.#attributeEdits.get(element)?.get(name);
    return edit ? edit.value : element.peek(name);
  }

  /** Sets an attribute, with its own quotes; a new one is inserted before the others. */
  setAttribute(element: XmlElement, name: string, value: string): void {
    const present = element.peek(name);
    if (present === value) {
      this.#attributeEdits.get(element)?.delete(name);
      return;
    }
    const content = escapeAttribute(value);
    if (present === undefined) {
      const quote = this.#quoteOf(element);
      const offset = element.span.start + 1 + element.name.length;
      this.#addOfAttribute(element, name, {
        offset,
        length: 0,
        content: ` ${name}=${quote}${content}${quote}`,
        value,
        place: undefined,
      });
      return;
    }
    const place = element.attributeSpan(name);
    const { start, end } = place;
    const offset = start + this.#source.slice(start, end).search(/["']/) + 1;
    this.#addOfAttribute(element, name, { offset, length: end - offset - 1, content, value, place });
  }

  /** Removes an attribute and the blanks before it. */
  removeAttribute(element: XmlElement, name: string): void {
    if (element.peek(name) === undefined) {
      this.#attributeEdits.get(element)?.delete(name);
      return;
    }
    const place = element.attributeSpan(name);
    const { start, end } = place;
    const offset = start - trailingBlanks(this.#source.slice(element.span.start, start));
    this.#addOfAttribute(element, name, {
      offset,
      length: end - offset,
      content: '',
      value: undefined,
      place,
    });
  }

  /** Replaces the text of an element that contains nothing else. */
  setText(element: XmlElement, text: string): void {
    const { start, end } = element.textSpan;
    if (element.content.trim() === text) return;
    this.#texts.set(element, text);
    if (element.content.trim() === '') this.#append(element, escapeText(text));
    else this.#add(start, end - start, escapeText(text));
  }

  /** Removes an element, and its line if nothing else is on it. */
  remove(element: XmlElement): void {
    if (this.isRemoved(element)) return;
    this.#removed.add(element);
    const { start, end } = element.span;
    const lineStart = this.#lineStart(start);
    const rest = /[ \t]*(?:\r\n?|\n)/y;
    rest.lastIndex = end;
    if (lineStart !== undefined && rest.test(this.#source)) {
      this.#add(lineStart, rest.lastIndex - lineStart, '');
    } else this.#add(start, end - start, '');
  }

  /** Inserts XML before an element or after it, on its own line if the element is. */
  insert(xml: string, place: 'before' | 'after', element: XmlElement): void {
    const { start, end } = element.span;
    const lineStart = this.#lineStart(start);
    if (lineStart === undefined) {
      this.#add(place === 'before' ? start : end, 0, xml);
      return;
    }
    const indent = this.#source.slice(lineStart, start);
    const newline = this.#newlineBefore(lineStart);
    if (place === 'before') this.#add(lineStart, 0, `${indent}${xml}${newline}`);
    else this.#add(end, 0, `${newline}${indent}${xml}`);
  }

  /** Appends XML as the last child of an element, on its own line if the other children are. */
  append(element: XmlElement, xml: string): void {
    this.#added.push({ parent: element, xml });
    this.#append(element, xml);
  }

  #append(element: XmlElement, xml: string): void {
    const { end } = element.span;
    if (this.#source.startsWith('/>', end - 2)) {
      const parts = this.#filled.get(element) ?? [];
      this.#filled.set(element, [...parts, xml]);
      return;
    }
    const closing = this.#source.lastIndexOf('</', end - 1);
    const lineStart = this.#lineStart(closing);
    if (lineStart === undefined) {
      this.#add(closing, 0, xml);
      return;
    }
    const first = element.children[0]?.span.start ?? closing;
    const childLine = this.#lineStart(first);
    const indent = childLine === undefined ? '' : this.#source.slice(childLine, first);
    const newline = this.#newlineBefore(lineStart);
    this.#add(lineStart, 0, `${first === closing ? `${indent}  ` : indent}${xml}${newline}`);
  }

  #fill(element: XmlElement, xml: string): Edit {
    const { start, end } = element.span;
    const blanks = trailingBlanks(this.#source.slice(start, end - 2));
    return { offset: end - 2 - blanks, length: 2 + blanks, content: `>${xml}</${element.name}>` };
  }

  /** Appends an element as the last child of another; its own children are on lines of their own if it is. */
  appendTree(element: XmlElement, tree: XmlTree): void {
    const closing = this.#source.lastIndexOf('</', element.span.end - 1);
    const lineStart = this.#lineStart(closing);
    const isEmpty = this.#source.startsWith('/>', element.span.end - 2);
    if (isEmpty || lineStart === undefined || tree.children.length === 0) {
      this.append(element, compactXml(tree));
      return;
    }
    const childLine = this.#lineStart(element.children[0]?.span.start ?? closing);
    const first = element.children[0]?.span.start;
    const indent =
      first === undefined
        ? `${this.#source.slice(lineStart, closing)}  `
        : this.#source.slice(childLine ?? first, first);
    const newline = this.#newlineBefore(lineStart);
    const { children, ...alone } = tree;
    const tag = compactXml({ ...alone, children: [] }).replace(/\/>$/, '>');
    const lines = [
      tag,
      ...children.map((child) => `${indent}  ${compactXml(child)}`),
      `${indent}</${tree.name}>`,
    ];
    this.append(element, lines.join(newline));
  }

  /** Appends elements as the last children of another. */
  appendEach(element: XmlElement, trees: readonly XmlTree[]): void {
    const isEmpty = this.#source.startsWith('/>', element.span.end - 2);
    if (isEmpty) this.append(element, trees.map(compactXml).join(''));
    else for (const tree of trees) this.append(element, compactXml(tree));
  }

  #addOfAttribute(element: XmlElement, name: string, edit: AttributeEdit): void {
    const edits = this.#attributeEdits.get(element) ?? new Map<string, AttributeEdit>();
    this.#attributeEdits.set(element, edits.set(name, edit));
  }

  #add(offset: number, length: number, content: string): void {
    this.#edits.push({ offset, length, content });
  }

  #newlineBefore(lineStart: number): string {
    return this.#source.startsWith('\r\n', lineStart - 2) ? '\r\n' : '\n';
  }

  /** The start of the line of an offset, if only blanks are between them. */
  #lineStart(offset: number): number | undefined {
    let start = offset;
    while (start > 0 && ' \t'.includes(this.#source.charAt(start - 1))) start -= 1;
    return start > 0 && '\r\n'.includes(this.#source.charAt(start - 1)) ? start : undefined;
  }

  /** The quotes that the document uses. */
  #quoteOf(element: XmlElement): string {
    const { start, end } = element.tagSpan;
    return /["']/.exec(this.#source.slice(start, end))?.[0] ?? "'";
  }
}

/** The number of trailing blanks of a text. */
const trailingBlanks = (text: string): number => text.length - text.trimEnd().length;
