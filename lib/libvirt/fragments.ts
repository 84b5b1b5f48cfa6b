import { Report } from '../diagnostics/diagnostic.js';
import type { PreservedFragment } from '../model/preserved.js';
import { domainRank } from './order.js';
import { isXmlName } from './xml/characters.js';
import type { XmlElement } from './xml/element.js';
import { parseXml } from './xml/parse.js';
import { element, treeOf, type XmlTree } from './xml/tree.js';

/** Pieces to restore at one location and below it, by path step: `disk` or `disk[2]`. */
interface Place {
  readonly attributes: [name: string, value: string][];
  readonly elements: XmlTree[];
  readonly below: Map<string, Place>;
}

/** No element has nearly as many; printing searches the siblings for each. */
const maximumAttributes = 1000;

const emptyPlace = (): Place => ({ attributes: [], elements: [], below: new Map() });

/** Restores the pieces of XML that were preserved as comments of an xl.cfg. */
export function restoreFragments(
  tree: XmlTree,
  fragments: readonly PreservedFragment[],
  report: Report,
): XmlTree {
  if (fragments.length === 0) return tree;
  const root = emptyPlace();
  for (const fragment of fragments) {
    const { parent, piece } = fragment;
    const place = placeOf(root, parent === '' ? [] : parent.split('/'));
    if (piece.kind === 'attribute') {
      if (place.attributes.length >= maximumAttributes) {
        report.add(
          'preserved-conflict',
          `more than ${maximumAttributes} preserved attributes for '${parent}'`,
        );
      } else if (isXmlName(piece.name)) place.attributes.push([piece.name, piece.value]);
      else report.add('preserved-conflict', `'${piece.name}' is not a valid attribute name`);
      continue;
    }
    const parsed = parseXml(piece.xml, new Report());
    if (parsed && isOwned(parent, parsed, tree)) {
      report.add('preserved-conflict', `<${parsed.name}> cannot be preserved: already set in the document`);
    } else if (parsed) place.elements.push(treeOf(parsed));
    else
      report.add(
        'preserved-conflict',
        `preserved content of '${parent}' is not valid XML: ${piece.xml.slice(0, 60)}`,
      );
  }
  return restore(tree, root, '', report);
}

/** What the document itself specifies: one element of each kind below <domain>, and the devices in the model. */
function isOwned(parent: string, piece: XmlElement, domain: XmlTree): boolean {
  const { name } = piece;
  if (parent === '') return domain.children.some((child) => child.name === name && name !== 'metadata');
  if (parent !== 'devices') return false;
  const isFloppy = piece.attributes.some(([key, value]) => key === 'device' && value === 'floppy');
  return ['channel', 'disk', 'hostdev', 'interface'].includes(name) && !isFloppy;
}

function placeOf(root: Place, steps: readonly string[]): Place {
  let place = root;
  for (const step of steps) {
    const next = place.below.get(step) ?? emptyPlace();
    place.below.set(step, next);
    place = next;
  }
  return place;
}

/** @param path the steps from below <domain> to `tree` */
function restore(tree: XmlTree, place: Place, path: string, report: Report): XmlTree {
  const present = new Map(tree.attributes);
  const missing = new Map(place.attributes.filter(([name]) => !present.has(name)));
  const attributes = [...tree.attributes, ...missing];
  for (const [name, value] of place.attributes) {
    const given = present.get(name);
    if (given === undefined || given === value) continue;
    report.add('preserved-conflict', `preserved ${name}='${value}' is overridden by the document`);
  }
  const counts = new Map<string, number>();
  const reached = new Set<string>();
  const children = tree.children.map((child) => {
    const count = (counts.get(child.name) ?? 0) + 1;
    counts.set(child.name, count);
    const step = count === 1 ? child.name : `${child.name}[${count}]`;
    const below = place.below.get(step);
    if (!below) return child;
    reached.add(step);
    return restore(child, below, join(path, step), report);
  });
  for (const [step, below] of place.below) {
    if (reached.has(step)) continue;
    if (canBeMade(path, step)) children.push(restore(element(step), below, join(path, step), report));
    else
      report.add(
        'preserved-conflict',
        `values were preserved of '${join(path, step)}', which no longer exists`,
      );
  }
  const missingElements = place.elements.filter((piece) => !isSaid(piece, tree));
  const all = path === '' ? inOrder([...children, ...missingElements]) : [...children, ...missingElements];
  return { ...tree, attributes, children: all };
}

/** A channel's log is in the model and in what xl cannot express. */
const isSaid = (piece: XmlTree, parent: XmlTree): boolean =>
  piece.name === 'log' && parent.children.some(({ name }) => name === 'log');

const join = (path: string, step: string): string => (path === '' ? step : `${path}/${step}`);

/** An element that the model expresses by its absence, such as the source of an empty drive, is created. */
const canBeMade = (path: string, step: string): boolean =>
  isXmlName(step) &&
  (/^(?:devices\/|features)/.test(path) || (path === '' && /^(?:features|cpu|numatune)$/.test(step)));

const inOrder = (children: readonly XmlTree[]): readonly XmlTree[] =>
  children.toSorted((a, b) => domainRank(a.name) - domainRank(b.name));
