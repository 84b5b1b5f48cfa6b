import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';
import { escapeAttribute, escapeText } from './characters.js';
import type { XmlTree } from './tree.js';

/**
 * Prints a tree as libvirt does: two blanks a level, single quotes, empty elements as `<x/>`.
 *
 * xmlbuilder2 does not escape what looks like an entity (`&amp;` in a text would come back as
 * `&`), so everything is escaped before it gets there; then no quote of either kind is left in
 * any value, and its double quotes can be turned into libvirt's.
 */
export function printXml(tree: XmlTree): string {
  const document = create();
  append(document, tree);
  return `${document.end({ headless: true, prettyPrint: true, indent: '  ' }).replaceAll('"', "'")}\n`;
}

function append(parent: XMLBuilder, { name, attributes, children, text }: XmlTree): void {
  const node = parent.ele(name);
  for (const [key, value] of attributes) node.att(key, escapeAttribute(value));
  if (text !== undefined && text !== '') node.txt(escapeText(text));
  for (const child of children) append(node, child);
}
