import { create } from 'xmlbuilder2';
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js';
import { escapeAttribute, escapeText } from './characters.js';
import type { XmlTree } from './tree.js';

/**
 * Prints a tree of any origin with xmlbuilder2, in the layout of `printXml`.
 *
 * xmlbuilder2 does not escape what looks like an entity (`&amp;` in a text would be read back as
 * `&`), so everything is escaped before; then no quote of either kind is left in
 * any value, and its double quotes can be replaced by libvirt's.
 *
 * @throws if a name is not a name of XML
 */
export function printForeignXml(tree: XmlTree): string {
  builder ??= create();
  // The builder's own document: its methods take half the time of the builder's.
  const document = builder.node as XmlDocument;
  const root = document.appendChild(build(document, tree));
  try {
    const text = builder.end({ headless: true, prettyPrint: true, indent: '  ' });
    return `${text.replaceAll('"', "'")}\n`;
  } finally {
    document.removeChild(root);
  }
}

/** Created at the first use and emptied after each: creating one takes as long as a small tree. */
let builder: XMLBuilder | undefined;

type XmlDocument = NonNullable<XMLBuilder['node']['ownerDocument']>;

function build(document: XmlDocument, { name, attributes, children, text }: XmlTree): XMLBuilder['node'] {
  const node = document.createElement(name);
  for (const [key, value] of attributes) node.setAttribute(key, escapeAttribute(value));
  if (text !== undefined && text !== '') node.appendChild(document.createTextNode(escapeText(text)));
  for (const child of children) node.appendChild(build(document, child));
  return node;
}
