/** Documents as trees, from which a piece can be removed or changed, and whose pieces have positions in the text. */
import type { Span } from '../../../lib/index.js';
import type { Name } from './grammar.js';

export interface Attribute {
  readonly name: Name;
  readonly value: string;
}

/** The content of an element. */
export interface Content {
  readonly attributes: readonly Attribute[];
  readonly children: readonly Element[];
  readonly text: string;
}

export interface Element extends Content {
  readonly name: Name;
}

/** An attribute, or an element with its content: an object of the tree. */
export type Piece = Element | Attribute;

export const isElement = (piece: Piece): piece is Element => 'children' in piece;

/** The tree with a piece replaced or removed. */
export function replace(element: Element, piece: Piece, by: Piece | undefined): Element {
  const attributes = element.attributes.flatMap((attribute) =>
    attribute !== piece ? [attribute] : by && !isElement(by) ? [by] : [],
  );
  const children = element.children.flatMap((child) =>
    child !== piece ? [replace(child, piece, by)] : by && isElement(by) ? [by] : [],
  );
  return { ...element, attributes, children };
}

export interface Printed {
  readonly text: string;
  /** The position of each element and attribute. */
  readonly spans: ReadonlyMap<Piece, Span>;
}

/** Prints a tree on one line. */
export function print(root: Element): Printed {
  const spans = new Map<Piece, Span>();
  let text = '';
  const add = (element: Element): void => {
    const start = text.length;
    const name = qualified(element.name);
    text += `<${name}`;
    if (element.name.namespace !== undefined)
      text += ` xmlns:${prefixOf(element.name.namespace)}='${element.name.namespace}'`;
    for (const attribute of element.attributes) {
      const from = text.length + 1;
      text += ` ${qualified(attribute.name)}='${escape(attribute.value)}'`;
      spans.set(attribute, { start: from, end: text.length });
    }
    text += '>';
    text += escape(element.text);
    for (const child of element.children) add(child);
    text += `</${name}>`;
    spans.set(element, { start, end: text.length });
  };
  add(root);
  return { text, spans };
}

export const qualified = ({ local, namespace }: Name): string =>
  namespace === undefined ? local : `${prefixOf(namespace)}:${local}`;

/** `qemu` of http://libvirt.org/schemas/domain/qemu/1.0 */
const prefixOf = (namespace: string): string => /([a-z]+)(?:\/1\.0)?$/.exec(namespace)?.[1] ?? 'ns';

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;');
