/** Mutations of a domain XML: of its elements and attributes, and sometimes of its source text. */
import { Report } from '../../../lib/diagnostics/diagnostic.js';
import type { XmlElement } from '../../../lib/libvirt/xml/element.js';
import { parseXml } from '../../../lib/libvirt/xml/parse.js';
import type { Chance } from './chance.js';
import { anyNumber, howMany, shuffled, withHostile } from './texts.js';

interface Tree {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: readonly Tree[];
  readonly text: string;
}

const treeOf = ({ name, attributes, children, content }: XmlElement): Tree => ({
  name,
  attributes,
  children: children.map(treeOf),
  text: content.trim(),
});

const all = (tree: Tree): readonly Tree[] => [tree, ...tree.children.flatMap(all)];

/** What mutations of a document take from other documents. */
export class DomainMutations {
  readonly #domains: readonly Tree[];
  /** The children of elements by the name of the parent, and the texts of elements and attributes by name. */
  readonly #children = new Map<string, Tree[]>();
  readonly #texts = new Map<string, string[]>();
  readonly #values = new Map<string, string[]>();
  readonly #attributes = new Map<string, (readonly [string, string])[]>();

  constructor(documents: readonly string[]) {
    this.#domains = documents.flatMap((text) => {
      const root = parseXml(text, new Report());
      return root ? [treeOf(root)] : [];
    });
    for (const tree of this.#domains.flatMap(all)) {
      add(this.#children, tree.name, tree.children);
      add(this.#attributes, tree.name, tree.attributes);
      add(this.#texts, tree.name, [tree.text]);
      for (const [name, value] of tree.attributes) add(this.#values, name, [value]);
    }
  }

  /** One of the documents with at least one mutation; two thirds have exactly one. */
  next(chance: Chance): string {
    let tree = chance.pick(this.#domains);
    for (let left = howMany(chance); left > 0; left -= 1) {
      const target = chance.pick(all(tree));
      tree = replaced(tree, target, this.#mutate(target, chance));
    }
    const text = print(tree);
    return chance.below(8) === 0 ? torn(text, chance) : text;
  }

  #mutate(tree: Tree, chance: Chance): Tree {
    const { name, attributes, children, text } = tree;
    switch (chance.below(6)) {
      case 0:
        return { ...tree, children: shuffled(children, this.#children.get(name) ?? [], chance) };
      case 1:
        return {
          ...tree,
          attributes: unique(shuffled(attributes, this.#attributes.get(name) ?? [], chance)),
        };
      case 2:
      case 3: {
        if (attributes.length === 0)
          return { ...tree, text: this.#text(text, this.#texts.get(name), chance) };
        const place = chance.below(attributes.length);
        const [key, value] = attributes[place] ?? ['', ''];
        const changed = this.#text(value, this.#values.get(key), chance);
        return { ...tree, attributes: attributes.with(place, [key, changed]) };
      }
      case 4:
        return { ...tree, name: chance.pick([...this.#children.keys()]) };
      default:
        return { ...tree, text: this.#text(text, this.#texts.get(name), chance) };
    }
  }

  #text(old: string, others: readonly string[] | undefined, chance: Chance): string {
    switch (chance.below(5)) {
      case 0:
        return anyNumber(chance);
      case 1:
        return withHostile(old, chance);
      case 2:
        return '';
      default:
        return others && others.length > 0 ? chance.pick(others) : old;
    }
  }
}

function add<Thing>(to: Map<string, Thing[]>, key: string, things: readonly Thing[]): void {
  const there = to.get(key) ?? [];
  there.push(...things);
  to.set(key, there);
}

const unique = (attributes: Tree['attributes']): Tree['attributes'] => [...new Map(attributes)];

const replaced = (tree: Tree, target: Tree, by: Tree): Tree =>
  tree === target ? by : { ...tree, children: tree.children.map((child) => replaced(child, target, by)) };

const print = ({ name, attributes, children, text }: Tree): string =>
  `<${name}${attributes.map(([key, value]) => ` ${key}='${escape(value)}'`).join('')}>` +
  `${escape(text)}${children.map(print).join('')}</${name}>`;

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&apos;');

/** Removes, duplicates or moves a piece. */
function torn(text: string, chance: Chance): string {
  const pieces = text.split(/(?<=[<>='"/ ])/);
  return shuffled(
    pieces,
    [...pieces, '<!--', '-->', '<![CDATA[', ']]>', '&#0;', '&x;', '<?x', '<!DOCTYPE x>'],
    chance,
  ).join('');
}
