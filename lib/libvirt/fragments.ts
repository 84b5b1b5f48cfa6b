import { Report } from '../diagnostics/diagnostic.js';
import type { KeptFragment } from '../model/kept.js';
import type { XmlElement } from './xml/element.js';
import { parseXml } from './xml/parse.js';
import type { XmlTree } from './xml/tree.js';

/** libvirt's order below <domain>; where a kept element goes back to. */
const domainOrder =
  'name uuid genid title description metadata maxMemory memory currentMemory blkiotune memtune memoryBacking vcpu vcpus iothreads cputune numatune resource sysinfo bootloader bootloader_args os idmap features cpu clock on_poweroff on_reboot on_crash on_lockfailure pm perf devices seclabel keywrap launchSecurity'.split(
    ' ',
  );

/** Puts the pieces of XML that an xl.cfg carried in comments back in their places. */
export function restoreFragments(tree: XmlTree, fragments: readonly KeptFragment[], report: Report): XmlTree {
  return fragments.reduce((domain, fragment) => {
    const restored = restore(domain, fragment);
    if (restored) return restored;
    const what =
      fragment.piece.kind === 'attribute' ? `@${fragment.piece.name}` : fragment.piece.xml.slice(0, 60);
    report.add('kept-unplaceable', `'${what}' was kept, but '${fragment.parent}' is not there to take it`);
    return domain;
  }, tree);
}

function restore(domain: XmlTree, { parent, piece }: KeptFragment): XmlTree | undefined {
  const steps = parent === '' ? [] : parent.split('/');
  if (piece.kind === 'attribute') {
    return change(domain, steps, (tree) =>
      tree.attributes.some(([name]) => name === piece.name)
        ? tree
        : { ...tree, attributes: [...tree.attributes, [piece.name, piece.value]] },
    );
  }
  const child = parseFragment(piece.xml);
  if (!child) return undefined;
  return change(domain, steps, (tree) => ({
    ...tree,
    children: steps.length === 0 ? insertInOrder(tree.children, child) : [...tree.children, child],
  }));
}

/** Applies `edit` to the element that the steps (`disk[2]`, counted from 1) lead to. */
function change(
  tree: XmlTree,
  steps: readonly string[],
  edit: (tree: XmlTree) => XmlTree,
): XmlTree | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return edit(tree);
  const [, name, count] = /^([^[\]]+)(?:\[([0-9]{1,6})\])?$/.exec(step) ?? [];
  const candidates = tree.children.filter((child) => child.name === name);
  const found = candidates[Number(count ?? 1) - 1];
  const changed = found && change(found, rest, edit);
  if (!changed) return undefined;
  return { ...tree, children: tree.children.map((child) => (child === found ? changed : child)) };
}

function insertInOrder(children: readonly XmlTree[], child: XmlTree): readonly XmlTree[] {
  const rank = ({ name }: XmlTree): number => {
    const place = domainOrder.indexOf(name);
    return place < 0 ? domainOrder.length : place;
  };
  const at = children.findIndex((other) => rank(other) > rank(child));
  return at < 0 ? [...children, child] : children.toSpliced(at, 0, child);
}

function parseFragment(xml: string): XmlTree | undefined {
  const parsed = parseXml(xml, new Report());
  return parsed && treeOf(parsed);
}

/** Blanks between elements go: the printer indents anew. */
function treeOf(element: XmlElement): XmlTree {
  const text = element.rawText();
  return {
    name: element.name,
    attributes: element.attributes,
    children: element.children.map(treeOf),
    ...(text.trim() !== '' && { text }),
  };
}
