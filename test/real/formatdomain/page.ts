/** docs/formatdomain.md: how each element and attribute of domain XML is converted. */
import { format, resolveConfig } from 'prettier';
import { guestKinds, type Removal, type GuestKind, type Piece, type Survey } from './survey.js';

export const pagePath = 'docs/formatdomain.md';

/** An element with its values and attributes, and its child elements. */
interface Node {
  readonly path: string;
  readonly own: Piece[];
  readonly attributes: Map<string, Piece[]>;
  readonly children: Map<string, Node>;
}

/** @returns the text of the page */
export async function pageOf({ pieces }: Survey): Promise<string> {
  const root = treeOf(pieces);
  const devices = root.children.get('devices');
  const sections = [...root.children.values()].flatMap((node) =>
    node === devices ? [...node.children.values()] : [node],
  );
  const text = [
    intro,
    `| | Elements and attributes | Converted | Implied | Omitted | Rejected |\n| - | - | - | - | - | - |`,
    ...[...sections.map((section) => [`\`${section.path}\``, section] as const), ['all', root] as const].map(
      ([title, node]) => `| ${[title, ...countsOf(node)].join(' | ')} |`,
    ),
    ...sections.filter(isOfUse).flatMap(sectionLines),
    '\n## Omitted with all attributes and children\n',
    ...sections.filter((section) => !isOfUse(section)).map(({ path }) => `- \`${path}\``),
    '',
  ].join('\n');
  return format(text, { ...(await resolveConfig(pagePath)), parser: 'markdown' });
}

const intro = `# Every element of domain XML

Generated from libvirt's schema by \`npm run docs\`; do not edit.

Use this page to look up what \`virt2xen convert\` does with an element or attribute of domain XML. It lists everything
that the schema of libvirt 9.0 (Debian 12) allows in a domain.

- **Converted**: converted to the xl.cfg options after the arrow.
- **Implied**: omitted without loss, because it is Xen's default or Xen detects it automatically. The reason is in
  parentheses, or in an \`implied\` message.
- **Omitted**: omitted, with a warning at its line and column.
- **Rejected**: an error. There is no output, because the guest would lose a device or data.

_itself_ is the element, without its attributes and children. A guest kind in parentheses means that the conversion applies
only to this kind; for other kinds the element is omitted or rejected. If an element is omitted or rejected with everything
in it, it is listed in the row of its parent.

To generate the page, a valid document is built for every element, attribute and listed value of the schema, and converted
as an HVM guest and a PV guest of Xen and as a KVM guest. The tests fail if something is omitted without a message.
`;

function treeOf(pieces: readonly Piece[]): Node {
  const root = emptyNode('');
  for (const piece of pieces) {
    let node = root;
    const [path = '', attribute] = piece.path.split('@');
    for (const name of path.split('/').filter((part) => part !== '')) {
      const child: Node =
        node.children.get(name) ?? emptyNode(node.path === '' ? name : `${node.path}/${name}`);
      node.children.set(name, child);
      node = child;
    }
    if (attribute === undefined) node.own.push(piece);
    else node.attributes.set(attribute, [...(node.attributes.get(attribute) ?? []), piece]);
  }
  return root;
}

const emptyNode = (path: string): Node => ({ path, own: [], attributes: new Map(), children: new Map() });

/** The result for an element or attribute: the best one of all documents. */
function fateOf(pieces: readonly Piece[]): Removal {
  const order: readonly Removal[] = ['translated', 'implied', 'reported', 'refused'];
  return order.find((fate) => pieces.some(({ fates }) => fates.has(fate))) ?? 'reported';
}

/** All elements and attributes of a node and its descendants. */
function fatesAt(node: Node): readonly Removal[] {
  return [
    ...(node.own.length > 0 ? [fateOf(node.own)] : []),
    ...[...node.attributes.values()].map(fateOf),
    ...[...node.children.values()].flatMap(fatesAt),
  ];
}

function countsOf(node: Node): readonly number[] {
  const fates = fatesAt(node);
  const count = (wanted: Removal): number => fates.filter((fate) => fate === wanted).length;
  return [fates.length, count('translated'), count('implied'), count('reported'), count('refused')];
}

const sectionLines = (section: Node): readonly string[] => [
  `\n## ${section.path}\n`,
  '| Element | Converted | Implied | Omitted | Rejected |\n| - | - | - | - | - |',
  ...rowsOf(section),
];

const isOfUse = (node: Node): boolean =>
  fatesAt(node).some((fate) => fate === 'translated' || fate === 'implied');

/** The result of a whole element if it is the same for all of its content; some of what is omitted may be rejected. */
function wholeFate(node: Node): Removal | undefined {
  const fates = new Set(fatesAt(node));
  const [fate] = fates;
  if (fates.size === 1) return fate === 'translated' ? undefined : fate;
  return isOfUse(node) ? undefined : 'reported';
}

/** A row for each element, except those with a single result, which are listed with their parent. */
function rowsOf(node: Node): readonly string[] {
  const cells: Record<Removal, string[]> = { translated: [], implied: [], reported: [], refused: [] };
  addCells(cells, node.own, 'itself');
  for (const [name, pieces] of node.attributes) addCells(cells, pieces, `\`${name}\``);
  const inner: Node[] = [];
  for (const child of node.children.values()) {
    const fate = wholeFate(child);
    if (fate) cells[fate].push(`\`<${child.path.split('/').at(-1) ?? ''}>\`${reasonsOf(child.own)}`);
    else inner.push(child);
  }
  const { translated, implied, reported, refused } = cells;
  const columns = [translated, implied, reported, refused].map((cell) => cell.join(', '));
  return [`| \`${node.path}\` | ${columns.join(' | ')} |`, ...inner.flatMap(rowsOf)];
}

/** The values are listed separately if their results differ. */
function addCells(cells: Record<Removal, string[]>, pieces: readonly Piece[], name: string): void {
  const seen = new Set(pieces.flatMap(({ fates }) => [...fates.values()].flatMap((kinds) => [...kinds])));
  const groups = new Map<Removal, Piece[]>();
  for (const piece of pieces) {
    const fate = fateOf([piece]);
    groups.set(fate, [...(groups.get(fate) ?? []), piece]);
  }
  const largest = [...groups.values()].toSorted((a, b) => b.length - a.length)[0];
  for (const [fate, group] of groups) {
    const values = group.flatMap(({ value }) => (value === undefined ? [] : [quoted(value)]));
    const which = groups.size === 1 ? [] : group === largest && values.length > 4 ? ['otherwise'] : values;
    const keys = [...new Set(group.flatMap((piece) => [...piece.keys]))].toSorted();
    const isTranslated = fate === 'translated';
    const arrow = isTranslated && keys.length > 0 ? ['→', ...keys.map((key) => `\`${key}\``)] : [];
    const words = [name, ...which, ...arrow].join(' ');
    cells[fate].push(words + (isTranslated ? kindsOf(group, seen) : reasonsOf(group)));
  }
}

function reasonsOf(pieces: readonly Piece[]): string {
  const reasons = new Set(pieces.flatMap(({ because }) => because ?? []));
  return reasons.size === 0 ? '' : ` (${[...reasons].join('; ')})`;
}

const quoted = (value: string): string => `\`'${value}'\``;

/** The kinds of guest for which a piece is converted, unless it is for all of them. */
function kindsOf(pieces: readonly Piece[], seen: ReadonlySet<GuestKind>): string {
  const kinds = guestKinds.filter((kind) => pieces.some(({ fates }) => fates.get('translated')?.has(kind)));
  return kinds.length === seen.size ? '' : ` (${kinds.join(', ')})`;
}
