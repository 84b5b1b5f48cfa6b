import { escapeAttribute, escapeText, findForbidden, isPlainText } from './characters.js';
import { printForeignXml } from './print-foreign.js';
import type { XmlTree } from './tree.js';

/** Gets each element with a value that has a character which XML forbids. */
export type OnForbidden = (element: XmlTree) => void;

/**
 * Prints a tree as libvirt does: two blanks a level, single quotes, empty elements as `<x/>`, an empty text as `<x></x>`.
 *
 * A tree of our own writers is well-formed as it is: its names are constants, its values are escaped
 * here, and no element has both a text and children. One with pieces of a foreign document is printed by
 * xmlbuilder2, which checks names, at eight times the time.
 *
 * @param tree the root
 * @param isForeign whether elements or attributes of a foreign document are in it
 * @returns the document, with an end of line after the root; not XML if `onForbidden` was called
 * @throws if a foreign name is not a name of XML
 */
export function printXml(tree: XmlTree, isForeign: boolean, onForbidden: OnForbidden): string {
  if (!isForeign) return printElement(tree, '', onForbidden);
  const text = printForeignXml(tree);
  if (findForbidden(text) >= 0) findElements(tree, onForbidden);
  return text;
}

function printElement(tree: XmlTree, indent: string, onForbidden: OnForbidden): string {
  const { name, attributes, children, text } = tree;
  let tag = `${indent}<${name}`;
  let isPlain = true;
  for (const [key, value] of attributes) {
    if (isPlainText(value)) tag += ` ${key}='${value}'`;
    else {
      tag += ` ${key}='${escapeAttribute(value)}'`;
      isPlain = false;
    }
  }
  if (text !== undefined && !isPlainText(text)) isPlain = false;
  if (!isPlain && hasForbidden(tree)) onForbidden(tree);
  if (text !== undefined && children.length === 0) {
    return `${tag}>${isPlain ? text : escapeText(text)}</${name}>\n`;
  }
  if (children.length === 0) return `${tag}/>\n`;
  const inner = `${indent}  `;
  let printed = `${tag}>\n`;
  for (const child of children) printed += printElement(child, inner, onForbidden);
  return `${printed}${indent}</${name}>\n`;
}

function findElements(tree: XmlTree, onForbidden: OnForbidden): void {
  if (hasForbidden(tree)) onForbidden(tree);
  for (const child of tree.children) findElements(child, onForbidden);
}

const hasForbidden = ({ attributes, text = '' }: XmlTree): boolean =>
  findForbidden(text) >= 0 || attributes.some(([, value]) => findForbidden(value) >= 0);
