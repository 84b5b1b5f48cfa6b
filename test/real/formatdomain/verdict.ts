/** How a piece of a document is converted to xl.cfg. */
import type { convert, Diagnostic } from '../../../lib/index.js';
import { isElement, print, replace, type Element, type Piece, type Printed } from './documents.js';
import type { Variant } from './synthesis.js';

export type Verdict =
  /** Without it, or with another text, these settings of the xl.cfg differ, or there is no xl.cfg. */
  | { readonly kind: 'translated'; readonly keys: readonly string[] }
  /** A diagnostic reports it at its position, or reports the whole element that contains it. */
  | { readonly kind: 'reported'; readonly diagnostic: Diagnostic }
  /** An error reports it, or the element that contains it: there is no xl.cfg. */
  | { readonly kind: 'refused'; readonly diagnostic: Diagnostic }
  /** It is only a container. */
  | { readonly kind: 'holds' }
  /** It has no effect, and it is not reported. */
  | { readonly kind: 'silent' }
  /** The document is rejected for another reason, so that the result is unknown. */
  | { readonly kind: 'masked'; readonly why: string };

interface Outcome {
  readonly output?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Converts each text once, and caches the result. */
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
   * A different xl.cfg that results without the piece or with another text; empty if there is none. If a listed text
   * has the same result as no text, it must be the default; then other texts do not count.
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

  /** A diagnostic at an ancestor or a sibling of the piece that only exists if the piece exists. */
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

/** The diagnostic at or in a piece, or the one which omits or rejects an element that contains it. */
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
  // The diagnostic can be at an attribute of the element: an interface of a type that Xen does not support.
  const attributes = holders.flatMap((holder) => holder.attributes);
  const kinds = new Set([...tags, ...attributes.map((attribute) => spans.get(attribute)?.start)]);
  return diagnostics.find(
    ({ span, severity, code }) => severity === 'error' && (code === 'domain-type' || kinds.has(span?.start)),
  );
}

const isLeavingOut = ({ message }: Diagnostic): boolean => / omitted\b/.test(message);

/** Whether a diagnostic is about something in an element, not about the element. */
function isBeside({ span }: Diagnostic, { spans }: Printed, piece: Piece): boolean {
  if (!isElement(piece)) return false;
  const inner = [...piece.attributes, ...piece.children].map((part) => spans.get(part));
  return inner.some((own) => own && span && span.start >= own.start && span.start < own.end);
}

/** The elements that contain a piece, except for the root. */
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

/** The settings that differ between two configs. */
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
