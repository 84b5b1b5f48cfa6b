/** What becomes of a piece of a document on its way to an xl.cfg. */
import type { convert, Diagnostic } from '../../../lib/index.js';
import { isElement, print, replace, type Element, type Piece, type Printed } from './documents.js';
import type { Variant } from './synthesis.js';

export type Verdict =
  /** Without it, or with another text, the xl.cfg is another, in these settings; or there is none at all. */
  | { readonly kind: 'translated'; readonly keys: readonly string[] }
  /** A diagnostic names it where it stands, or what it stands in as a whole. */
  | { readonly kind: 'reported'; readonly diagnostic: Diagnostic }
  /** An error names it, or what it stands in: there is no xl.cfg. */
  | { readonly kind: 'refused'; readonly diagnostic: Diagnostic }
  /** It is there for what is in it. */
  | { readonly kind: 'holds' }
  /** Nothing changes, and nothing is said. */
  | { readonly kind: 'silent' }
  /** The document is refused for something else, so that nothing is known of it. */
  | { readonly kind: 'masked'; readonly why: string };

interface Outcome {
  readonly output?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Converts each text once. */
export class Judge {
  readonly #translate: typeof convert;
  readonly #outcomes = new Map<string, Outcome>();

  constructor(translate: typeof convert) {
    this.#translate = translate;
  }

  judge(variant: Variant): Verdict {
    const { root, piece } = variant;
    const printed = print(root);
    const { output, diagnostics } = this.#convert(printed.text);
    const told =
      tellingOf(printed, root, piece, diagnostics) ?? this.#toldAbove(printed, root, piece, diagnostics);
    const isLeftOut = told !== undefined && isLeavingOut(told) && !isBeside(told, printed, piece);
    if (output !== undefined && !isLeftOut) {
      const changed = this.#firstOther(variant, output);
      if (changed !== undefined) return { kind: 'translated', keys: changedKeys(output, changed) };
    }
    if (told) return { kind: told.severity === 'error' ? 'refused' : 'reported', diagnostic: told };
    if (output === undefined) {
      const why = diagnostics.find(({ severity }) => severity === 'error');
      return { kind: 'masked', why: why?.message ?? '' };
    }
    return variant.holds ? { kind: 'holds' } : { kind: 'silent' };
  }

  /**
   * Another xl.cfg that comes of it without the piece, or with another text; empty for none at all.
   * A listed text that is as good as none has to be a default, so that other texts do not count.
   */
  #firstOther({ root, piece, others, enumerated }: Variant, output: string): string | undefined {
    const without = this.#convert(print(replace(root, piece, undefined)).text).output ?? '';
    if (without !== '' && without !== output) return without;
    if (without === output && enumerated) return undefined;
    for (const other of others) {
      const changed = isElement(piece) ? { ...piece, text: other } : { ...piece, value: other };
      const another = this.#convert(print(replace(root, piece, changed)).text).output;
      if (another !== undefined && another !== output) return another;
    }
    return without === output ? undefined : '';
  }

  /** What is said of something that holds the piece, or beside it, and only while the piece is there. */
  #toldAbove(
    { spans }: Printed,
    root: Element,
    piece: Piece,
    diagnostics: readonly Diagnostic[],
  ): Diagnostic | undefined {
    const without = this.#convert(print(replace(root, piece, undefined)).text).diagnostics;
    const before = new Set(without.map(({ message }) => message));
    const holders = holdersOf(root, piece);
    const places = new Set(
      [...holders, ...(holders.at(-1)?.attributes ?? [])].map((one) => spans.get(one)?.start),
    );
    return diagnostics.find(({ span, message }) => places.has(span?.start) && !before.has(message));
  }

  #convert(text: string): Outcome {
    const known = this.#outcomes.get(text);
    if (known) return known;
    const { output, diagnostics } = this.#translate(text, { from: 'libvirt', to: 'xl' });
    const outcome = { diagnostics, ...(output !== undefined && { output }) };
    this.#outcomes.set(text, outcome);
    return outcome;
  }
}

/** The diagnostic at a piece or in it, or the one by which what it stands in is left out or refused. */
function tellingOf(
  { spans }: Printed,
  root: Element,
  piece: Piece,
  diagnostics: readonly Diagnostic[],
): Diagnostic | undefined {
  const own = spans.get(piece);
  const at = diagnostics.find(({ span }) => span && own && span.start >= own.start && span.start < own.end);
  if (at) return at;
  const holders = holdersOf(root, piece);
  const tags = new Set(holders.map((holder) => spans.get(holder)?.start));
  const leftOut = diagnostics.find((found) => tags.has(found.span?.start) && isLeavingOut(found));
  if (leftOut) return leftOut;
  // What an element is may be told by an attribute of it: an interface of a type that Xen does not have.
  const attributes = holders.flatMap((holder) => holder.attributes);
  const kinds = new Set([...tags, ...attributes.map((attribute) => spans.get(attribute)?.start)]);
  return diagnostics.find(
    ({ span, severity, code }) => severity === 'error' && (code === 'domain-type' || kinds.has(span?.start)),
  );
}

const isLeavingOut = ({ message }: Diagnostic): boolean => / omitted\b/.test(message);

/** Said of something in an element, not of the element. */
function isBeside({ span }: Diagnostic, { spans }: Printed, piece: Piece): boolean {
  if (!isElement(piece)) return false;
  const inner = [...piece.attributes, ...piece.children].map((part) => spans.get(part));
  return inner.some((own) => own && span && span.start >= own.start && span.start < own.end);
}

/** The elements that a piece stands in, but the root. */
function holdersOf(element: Element, piece: Piece): readonly Element[] {
  for (const child of element.children) {
    if (child === piece) return [];
    if (child.attributes.some((attribute) => attribute === piece)) return [child];
    const inner = holdersOf(child, piece);
    if (inner.length > 0 || child.children.some((grandchild) => grandchild === piece))
      return [child, ...inner];
  }
  return [];
}

/** The settings that two configs do not have alike. */
function changedKeys(one: string, other: string): readonly string[] {
  if (other === '') return [];
  const [left, right] = [settings(one), settings(other)];
  return [...new Set([...left.keys(), ...right.keys()])].filter((key) => left.get(key) !== right.get(key));
}

function settings(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, key, value = ''] = /^(\w+) = (.*)$/.exec(line) ?? [];
    if (key !== undefined) found.set(key, value);
  }
  return found;
}
