import { escapeAttribute, escapeText } from './characters.js';
import type { XmlElement } from './element.js';

/** An element to be written: plain data, created by the writers of the devices. */
export interface XmlTree {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly XmlTree[];
  readonly text?: string;
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An element with attributes and children; absent ones are omitted. */
export function element(
  name: string,
  attributes: Attributes = {},
  children: readonly (XmlTree | undefined)[] = [],
): XmlTree {
  return { name, attributes: present(attributes), children: children.filter((child) => child !== undefined) };
}

/** An element that contains a text; undefined if the text is absent. */
export function textElement(
  name: string,
  text: string | number | undefined,
  attributes: Attributes = {},
): XmlTree | undefined {
  if (text === undefined) return undefined;
  return { name, attributes: present(attributes), children: [], text: String(text) };
}

function present(attributes: Attributes): XmlTree['attributes'] {
  const pairs: (readonly [string, string])[] = [];
  for (const name in attributes) {
    const value = attributes[name];
    if (value !== undefined) pairs.push([name, String(value)]);
  }
  return pairs;
}

/** Converts a parsed element to one to be written. Blanks between elements are dropped: the printer formats them. */
export function treeOf(parsed: XmlElement): XmlTree {
  const text = parsed.rawText();
  return {
    name: parsed.name,
    attributes: parsed.attributes,
    children: parsed.children.map(treeOf),
    ...(text.trim() !== '' && { text }),
  };
}

/** A tree on one line, without indentation. */
export function compactXml({ name, attributes, children, text = '' }: XmlTree): string {
  const tag = [name, ...attributes.map(([key, value]) => `${key}='${escapeAttribute(value)}'`)].join(' ');
  const inside = escapeText(text) + children.map(compactXml).join('');
  return inside === '' ? `<${tag}/>` : `<${tag}>${inside}</${name}>`;
}
