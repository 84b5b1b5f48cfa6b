import { codes, type Code } from '../diagnostics/codes.js';
import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { PreservedFragment } from '../model/preserved.js';
import { defaultReason } from './defaults.js';
import { unsupportedReason, type Unsupported } from './unsupported.js';
import { domainRank } from './order.js';
import type { XmlElement } from './xml/element.js';
import { compactXml, treeOf } from './xml/tree.js';

/** An element, an attribute or a text that no reader took. */
export interface UnreadPart {
  /** The path from below <domain>, as in the unsupported table. */
  readonly path: string;
  readonly element: XmlElement;
  readonly attribute: string | undefined;
  /** For messages. */
  readonly what: string;
  readonly span: Span;
  readonly code: Code;
  readonly reason: string;
  /** What the unsupported table has about it; absent if it is not in the table. */
  readonly rule: Unsupported | undefined;
}

/** @returns whether what is omitted is to be preserved for the way back */
type Visit = (part: UnreadPart) => boolean;

/**
 * Reports everything below <domain> that no reader took, each element once.
 * @returns the pieces that are lost, for `--keep`
 */
export function reportUnread(root: XmlElement, report: Report): readonly PreservedFragment[] {
  const fragments: PreservedFragment[] = [];
  if (root.isFullyRead) return fragments;
  const visit: Visit = ({ what, code, reason, rule, span }) => {
    report.add(code, `${what} omitted: ${reason}`, span);
    return code !== 'implied' && !rule?.replaced;
  };
  sweep(root, '', '', visit, fragments);
  if (fragments.length < 2) return fragments;
  return fragments
    .map((fragment) => ({ fragment, key: sortKey(fragment) }))
    .sort(compareKeys)
    .map(({ fragment }) => fragment);
}

/** Everything below <domain> that no reader took, each element once. */
export function unreadParts(root: XmlElement): readonly UnreadPart[] {
  const parts: UnreadPart[] = [];
  if (root.isFullyRead) return parts;
  const visit: Visit = (part) => {
    parts.push(part);
    return false;
  };
  sweep(root, '', '', visit, []);
  return parts;
}

/** By location, attributes first: the order in which they are found after they have been restored. */
const sortKey = ({ parent, piece }: PreservedFragment): readonly [string, number] => [
  parent,
  piece.kind === 'attribute' ? -1 : parent === '' ? domainRank(/^<([^\s/>]+)/.exec(piece.xml)?.[1] ?? '') : 0,
];

function compareKeys(a: { key: readonly [string, number] }, b: { key: readonly [string, number] }): number {
  if (a.key[0] !== b.key[0]) return a.key[0] < b.key[0] ? -1 : 1;
  return a.key[1] - b.key[1];
}

/**
 * @param place the path with positions, as in a fragment's parent
 * @param before the number of children of each name in an element that this one continues
 */
function sweep(
  element: XmlElement,
  path: string,
  place: string,
  visit: Visit,
  fragments: PreservedFragment[],
  before?: Map<string, number>,
): void {
  for (const [name, value] of element.unreadAttributes) {
    if (name === 'xmlns' || name.startsWith('xmlns:')) continue;
    const what = `${name}='${value}' of <${element.name}>`;
    const rowPath = join(path, `@${name}`);
    const implied = defaultReason(rowPath, element, name);
    const why = reasonOf(rowPath, { implied });
    const canBePreserved = visit(partOf(why, element, what, element.attributeSpan(name), name));
    if (canBePreserved) {
      const prefix = /^([^:]+):/.exec(name)?.[1];
      const uri = prefix === undefined ? undefined : element.namespaceOf(prefix);
      if (uri !== undefined) {
        const declaration = { kind: 'attribute', name: `xmlns:${prefix ?? ''}`, value: uri } as const;
        fragments.push({ parent: place, piece: declaration });
      }
      fragments.push({ parent: place, piece: { kind: 'attribute', name, value } });
    }
  }
  if (element.hasUnreadText) {
    visit(partOf(reasonOf(path), element, `the text of <${element.name}>`, element.textSpan));
  }
  let counts = before;
  // A document can have several <devices>; the one that is written numbers their devices consecutively.
  let devices: Map<string, number> | undefined;
  for (const child of element.children) {
    const childPath = join(path, child.name);
    if (!child.isRead) {
      const why = reasonOfElement(childPath, child);
      const canBePreserved = visit(partOf(why, child, `<${child.name}>`, child.tagSpan));
      if (canBePreserved && !isMixed(child)) {
        fragments.push({ parent: place, piece: { kind: 'element', xml: standalone(child) } });
      }
      continue;
    }
    if (child.isAllRead) continue;
    if (childPath === 'devices') {
      sweep(child, childPath, childPath, visit, fragments, (devices ??= new Map()));
      continue;
    }
    counts ??= new Map();
    const count = (counts.get(child.name) ?? 0) + 1;
    counts.set(child.name, count);
    if (child.isFullyRead) continue;
    const childPlace = join(place, count === 1 ? child.name : `${child.name}[${count}]`);
    sweep(child, childPath, childPlace, visit, fragments);
  }
}

const join = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);

/** Reasons for one element, which override those of its path. */
interface Reasons {
  /** Why its omission is not a loss. */
  readonly implied?: string | undefined;
  /** Why its reader did not read it. */
  readonly unsupported?: string | undefined;
}

/** The reason of what is in no table, for example an element of another program. */
export const unknownReason = 'virt2xen does not know it';

type Why = Pick<UnreadPart, 'path' | 'code' | 'reason' | 'rule'>;

const partOf = (
  { path, code, reason, rule }: Why,
  element: XmlElement,
  what: string,
  span: Span,
  attribute?: string,
): UnreadPart => ({ path, element, attribute, what, span, code, reason, rule });

function reasonOf(path: string, { implied, unsupported }: Reasons = {}): Why {
  if (implied !== undefined) return { path, code: 'implied', reason: implied, rule: undefined };
  if (unsupported !== undefined) return { path, code: 'unsupported', reason: unsupported, rule: undefined };
  const rule = unsupportedReason(path);
  const { code, reason } = rule ?? {
    code: 'not-implemented' as const,
    reason: unknownReason,
  };
  return { path, code, reason, rule };
}

/** The reason of an element that no reader took: its own, or else that of what is inside. */
function reasonOfElement(path: string, element: XmlElement): Why {
  const implied = defaultReason(path, element);
  if (implied !== undefined || element.omission !== undefined || unsupportedReason(path))
    return reasonOf(path, { implied, unsupported: element.omission });
  const inside = element.children.map((child) => reasonOfElement(join(path, child.name), child));
  const losses = inside.filter(({ code }) => codes[code].severity === 'warning');
  const [first, ...others] = losses.length > 0 ? losses : inside;
  if (!first) return reasonOf(path);
  const reasons = new Set([first, ...others].map(({ reason }) => reason));
  return { ...first, path, reason: [...reasons].join('; ') };
}

/**
 * An element as XML on one line, with the namespaces that it uses and that are declared in its ancestors. The same
 * element gives the same text, however the document is formatted.
 */
function standalone(element: XmlElement): string {
  const prefixes = new Set<string>();
  collectPrefixes(element, prefixes);
  const tree = treeOf(element);
  const declared = new Set(tree.attributes.map(([name]) => name));
  const declarations = [...prefixes].flatMap((prefix): (readonly [string, string])[] => {
    const uri = element.namespaceOf(prefix);
    const name = `xmlns:${prefix}`;
    return uri === undefined || declared.has(name) ? [] : [[name, uri]];
  });
  return compactXml({ ...tree, attributes: [...declarations, ...tree.attributes] });
}

/** Text between elements, whose order a tree does not represent. */
const isMixed = (element: XmlElement): boolean =>
  (element.children.length > 0 && element.content.trim() !== '') || element.children.some(isMixed);

function collectPrefixes(element: XmlElement, prefixes: Set<string>): void {
  for (const name of [element.name, ...element.attributes.map(([key]) => key)]) {
    const colon = name.indexOf(':');
    if (colon > 0 && !name.startsWith('xmlns:') && !name.startsWith('xml:'))
      prefixes.add(name.slice(0, colon));
  }
  for (const child of element.children) collectPrefixes(child, prefixes);
}
