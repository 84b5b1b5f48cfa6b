import { escapeAttribute, escapeText } from './characters.js';
import { printForeignXml } from './print-foreign.js';
import type { XmlTree } from './tree.js';

/**
 * Prints a tree as libvirt does: two blanks a level, single quotes, empty elements as `<x/>`, an empty text as `<x></x>`.
 *
 * A tree of our own writers is well-formed as it is: its names are constants, its values are escaped
 * here, and no element has both a text and children. One with pieces of a foreign document is printed by
 * xmlbuilder2, which checks names, at eight times the time.
 *
 * @param tree the root
 * @param isForeign whether elements or attributes of a foreign document are in it
 * @returns the document, with an end of line after the root
 * @throws if a foreign name is not a name of XML
 */
export function printXml(tree: XmlTree, isForeign: boolean): string {
  return isForeign ? printForeignXml(tree) : printElement(tree, '');
}

function printElement({ name, attributes, children, text }: XmlTree, indent: string): string {
  let tag = `${indent}<${name}`;
  for (const [key, value] of attributes) tag += ` ${key}='${escapeAttribute(value)}'`;
  if (text !== undefined && children.length === 0) return `${tag}>${escapeText(text)}</${name}>\n`;
  if (children.length === 0) return `${tag}/>\n`;
  const inner = `${indent}  `;
  let printed = `${tag}>\n`;
  for (const child of children) printed += printElement(child, inner);
  return `${printed}${indent}</${name}>\n`;
}
