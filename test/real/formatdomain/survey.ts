/** Converts every piece that libvirt's schema allows in a domain, in each kind of guest. */
import { convert } from '../../../lib/index.js';
import { isElement, print, type Element } from './documents.js';
import type { Grammar } from './grammar.js';
import { implied } from './implied.js';
import { Synthesis, type Usual, type Variant } from './synthesis.js';
import { guests } from './usual.js';
import { Judge, type Verdict } from './verdict.js';

export const guestKinds = ['HVM', 'PV', 'PVH', 'KVM'] as const;
export type GuestKind = (typeof guestKinds)[number];

/** How a piece is converted, over all documents. */
export type Removal = 'translated' | 'implied' | 'reported' | 'refused';

/** An element or attribute, or one of the values that the schema lists for it. */
export interface Piece {
  readonly path: string;
  readonly value?: string;
  readonly fates: ReadonlyMap<Removal, ReadonlySet<GuestKind>>;
  /** The xl.cfg settings that it is converted to. */
  readonly keys: ReadonlySet<string>;
  readonly because?: string;
}

export interface Survey {
  /** In the order of the schema. */
  readonly pieces: readonly Piece[];
  /** Every document that was converted. */
  readonly documents: ReadonlySet<string>;
  /** What is omitted without a message: a line each, with a document that shows it. */
  readonly silent: readonly string[];
  /** What no document shows, because each is rejected for another reason. */
  readonly masked: readonly string[];
  /** Diagnostics that name neither the piece nor its parent. */
  readonly vague: readonly string[];
  /** Rows of our own tables that match nothing. */
  readonly stale: readonly string[];
}

interface Tally {
  readonly fates: Map<Removal, Set<GuestKind>>;
  readonly keys: Set<string>;
  masked?: string;
  holds?: true;
  because?: string;
}

/** The directories of the storage pools in the samples. */
export const convertWithPools: typeof convert = (input, options) =>
  convert(input, { pools: { one: '/var/lib/one', two: '/var/lib/two' }, ...options });

/** @param ordinary the documents to convert, @param translate the converter under test */
export function survey(
  grammar: Grammar,
  ordinary: readonly Usual[] = guests,
  translate: typeof convert = convertWithPools,
): Survey {
  const tallies = new Map<string, Tally & { readonly path: string; readonly value?: string }>();
  const documents = new Set<string>();
  const [silent, vague] = [new Map<string, string>(), new Set<string>()];
  const [unused, stale] = [new Set(implied.map(({ piece }) => piece)), new Set<string>()];
  for (const usual of ordinary) {
    const synthesis = new Synthesis(grammar, usual);
    const judge = new Judge(translate);
    for (const variant of synthesis.variants()) {
      const name = nameOf(variant);
      const text = print(variant.root).text;
      documents.add(text);
      const tally = tallies.get(name) ?? { ...partsOf(variant), fates: new Map(), keys: new Set() };
      tallies.set(name, tally);
      const verdict = judge.judge(variant);
      const row = implied.find(({ piece }) => covers(piece, name));
      if (verdict.kind === 'silent') {
        if (row) unused.delete(row.piece);
        else silent.set(name, `${name} is omitted without a message in ${text}`);
      }
      note(tally, verdict, kindOf(variant.root), row?.because);
      const message = isVague(variant, verdict);
      if (message !== undefined) vague.add(`${name}: '${message}' in ${text}`);
    }
    for (const path of synthesis.unused) stale.add(`usual.ts: the schema has no ${path}`);
  }
  for (const piece of unused) stale.add(`implied.ts: ${piece} is no longer implied`);
  return {
    // An element that only contains others is not counted.
    pieces: [...tallies.values()].filter(
      ({ fates, holds }) => fates.has('translated') || fates.has('implied') || (fates.size > 0 && !holds),
    ),
    documents,
    silent: [...silent.values()],
    masked: [...tallies]
      .filter(([, { fates, masked }]) => fates.size === 0 && masked !== undefined)
      .map(([name, { masked }]) => `${name}: ${masked ?? ''}`),
    vague: [...vague],
    stale: [...stale],
  };
}

const covers = (row: string, name: string): boolean =>
  row.endsWith('/*') ? name.startsWith(row.slice(0, -1)) : row === name;

function note(tally: Tally, verdict: Verdict, guest: GuestKind, because: string | undefined): void {
  const add = (fate: Removal): void => {
    tally.fates.set(fate, (tally.fates.get(fate) ?? new Set()).add(guest));
  };
  switch (verdict.kind) {
    case 'translated':
      add('translated');
      for (const key of verdict.keys) tally.keys.add(key);
      return;
    case 'reported':
      // The target has the same default, or detects it automatically.
      return add(verdict.diagnostic.code === 'implied' ? 'implied' : 'reported');
    case 'refused':
      return add('refused');
    case 'silent':
      if (because === undefined) return;
      tally.because = because;
      return add('implied');
    case 'masked':
      tally.masked = verdict.why;
      return;
    case 'holds':
      tally.holds = true;
  }
}

function partsOf(variant: Variant): { readonly path: string; readonly value?: string } {
  const { path, piece, enumerated } = variant;
  return enumerated ? { path, value: isElement(piece) ? piece.text : piece.value } : { path };
}

function nameOf(variant: Variant): string {
  const { path, value } = partsOf(variant);
  return value === undefined ? path : `${path}=${value}`;
}

/** The kind of guest; for KVM it does not depend on the operating system. */
function kindOf(root: Element): GuestKind {
  const type = root.attributes.find(({ name }) => name.local === 'type')?.value;
  if (type === 'kvm' || type === 'qemu') return 'KVM';
  const os = root.children.find(({ name }) => name.local === 'os');
  const text = os?.children.find(({ name }) => name.local === 'type')?.text;
  return text === 'hvm' ? 'HVM' : text === 'xenpvh' ? 'PVH' : 'PV';
}

/** A message at a piece that contains neither its name nor its value. */
function isVague({ path, piece, root, holds }: Variant, verdict: Verdict): string | undefined {
  if (verdict.kind !== 'reported' || holds) return undefined;
  const { message, span } = verdict.diagnostic;
  if (span?.start !== print(root).spans.get(piece)?.start) return undefined;
  const words = [path.split(/[/@:]+/).at(-1) ?? '', isElement(piece) ? piece.text : piece.value];
  const text = message.toLowerCase();
  return words.some((word) => word !== '' && text.includes(word.toLowerCase())) ? undefined : message;
}
