import { Report } from '../diagnostics/diagnostic.js';
import type { KeptFragment } from '../model/kept.js';
import type { XmlElement } from './xml/element.js';
import { parseXml } from './xml/parse.js';
import { element, type XmlTree } from './xml/tree.js';

/** libvirt's order below <domain>; where a kept element goes back to. */
const domainOrder = `
  name uuid genid title description metadata maxMemory memory currentMemory blkiotune memtune
  memoryBacking vcpu vcpus iothreads cputune numatune resource sysinfo bootloader bootloader_args os
  idmap features cpu clock on_poweroff on_reboot on_crash on_lockfailure pm perf devices seclabel
  keywrap launchSecurity
`
  .trim()
  .split(/\s+/);

/** What goes back to one place, and to the places below it, by step: `disk` or `disk[2]`. */
interface Place {
  readonly attributes: [name: string, value: string][];
  readonly elements: XmlTree[];
  readonly below: Map<string, Place>;
}

const emptyPlace = (): Place => ({ attributes: [], elements: [], below: new Map() });

/** Puts the pieces of XML that an xl.cfg carried in comments back in their places. */
export function restoreFragments(tree: XmlTree, fragments: readonly KeptFragment[], report: Report): XmlTree {
  if (fragments.length === 0) return tree;
  const root = emptyPlace();
  for (const fragment of fragments) {
    const { parent, piece } = fragment;
    const place = placeOf(root, parent === '' ? [] : parent.split('/'));
    if (piece.kind === 'attribute') {
      place.attributes.push([piece.name, piece.value]);
      continue;
    }
    const parsed = parseXml(piece.xml, new Report());
    if (parsed) place.elements.push(treeOf(parsed));
    else report.add('kept-unplaceable', `what was kept of '${parent}' is not XML: ${piece.xml.slice(0, 60)}`);
  }
  return restore(tree, root, '', report);
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

/** Blanks between elements go: the printer indents anew. */
function treeOf(parsed: XmlElement): XmlTree {
  const text = parsed.rawText();
  return {
    name: parsed.name,
    attributes: parsed.attributes,
    children: parsed.children.map(treeOf),
    ...(text.trim() !== '' && { text }),
  };
}

/** @param path the steps from below <domain> to `tree` */
function restore(tree: XmlTree, place: Place, path: string, report: Report): XmlTree {
  const present = new Set(tree.attributes.map(([name]) => name));
  const attributes = [...tree.attributes, ...place.attributes.filter(([name]) => !present.has(name))];
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
    if (isPartOfDevice(path, step)) children.push(restore(element(step), below, join(path, step), report));
    else
      report.add(
        'kept-unplaceable',
        `something was kept of '${join(path, step)}', which is not there any more`,
      );
  }
  const all = path === '' ? inOrder([...children, ...place.elements]) : [...children, ...place.elements];
  return { ...tree, attributes, children: all };
}

const join = (path: string, step: string): string => (path === '' ? step : `${path}/${step}`);

/** A part that the model can say by leaving it out, such as the source of an empty drive, is made anew. */
const isPartOfDevice = (path: string, step: string): boolean =>
  path.startsWith('devices/') && /^[A-Za-z][A-Za-z0-9]*$/.test(step);

function inOrder(children: readonly XmlTree[]): readonly XmlTree[] {
  const rank = ({ name }: XmlTree): number => {
    const at = domainOrder.indexOf(name);
    return at < 0 ? domainOrder.length : at;
  };
  return children.toSorted((a, b) => rank(a) - rank(b));
}
