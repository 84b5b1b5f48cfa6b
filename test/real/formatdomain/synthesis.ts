/**
 * Generates documents from a grammar: for every allowed element, attribute and enumerated value, a small document
 * that contains it and everything that the grammar then requires.
 */
import { qualified, type Attribute, type Content, type Element, type Piece } from './documents.js';
import type { Grammar, Name, Pattern } from './grammar.js';
import { samplesOf } from './samples.js';

/** A document with a piece to be examined. */
export interface Variant {
  readonly root: Element;
  readonly piece: Piece;
  /** The path of the piece below the root: `devices/disk/@type`. */
  readonly path: string;
  /** Other texts that the schema allows for the piece. */
  readonly others: readonly string[];
  /** The text of the piece is a value that the schema lists. */
  readonly enumerated: boolean;
  /** The piece may only be a container of elements or required attributes. */
  readonly holds: boolean;
}

/** The content of an ordinary document, by path. Texts are used where the schema allows them. */
export interface Usual {
  /** It is added although it is optional in the schema, and choices are made so that it is allowed. */
  readonly present: Readonly<Record<string, string>>;
  /** The text, if the piece is added for another reason. */
  readonly texts: Readonly<Record<string, string>>;
  /** Examine only this element and its content. */
  readonly only?: string;
}

interface Instance extends Content {
  /** The number of additions to the smallest ordinary document. */
  readonly cost: number;
}

interface Found extends Content {
  readonly piece?: Piece;
  readonly path: string;
  readonly others: readonly string[];
  readonly enumerated: boolean;
  readonly holds: boolean;
}

const nothing: Instance = { attributes: [], children: [], text: '', cost: 0 };

export class Synthesis {
  readonly #grammar: Grammar;
  readonly #usual: Usual;
  readonly #texts: Readonly<Record<string, string>>;
  readonly #least = new Map<Pattern, Map<string, Instance | undefined>>();
  readonly #used = new Set<string>();

  constructor(grammar: Grammar, usual: Usual) {
    this.#grammar = grammar;
    this.#usual = usual;
    this.#texts = { ...usual.present, ...usual.texts };
  }

  /** Every variant of the grammar's start documents. */
  *variants(): Generator<Variant> {
    const start: Pattern = { kind: 'ref', name: 'start' };
    for (const { children, piece, ...found } of this.#variants(start, '', new Set())) {
      const [root] = children;
      if (root && piece && piece !== root) yield { ...found, root, piece };
    }
  }

  /** Paths of `usual` that do not exist in the schema: errors. */
  get unused(): readonly string[] {
    return Object.keys(this.#texts).filter((path) => !this.#used.has(path));
  }

  #isWanted(path: string): boolean {
    const { only } = this.#usual;
    return (
      only === undefined || path === '.' || `${only}/`.startsWith(`${path}/`) || path.startsWith(`${only}/`)
    );
  }

  #define(name: string): Pattern {
    const pattern = this.#grammar.get(name);
    if (!pattern) throw new Error(`the schema defines no '${name}'`);
    return pattern;
  }

  /** The smallest ordinary instance of a pattern; undefined if there is none. */
  #smallest(pattern: Pattern, path: string, open: ReadonlySet<string>): Instance | undefined {
    const known = this.#least.get(pattern) ?? new Map<string, Instance | undefined>();
    this.#least.set(pattern, known);
    if (!known.has(path)) known.set(path, this.#findSmallest(pattern, path, open));
    return known.get(path);
  }

  #findSmallest(pattern: Pattern, path: string, open: ReadonlySet<string>): Instance | undefined {
    switch (pattern.kind) {
      case 'element':
      case 'attribute': {
        const here = below(path, pattern);
        const content = this.#smallest(pattern.content, here, open);
        if (!content) return undefined;
        const isUsual = here in this.#usual.present;
        if (here in this.#texts) this.#used.add(here);
        return { ...wrap(pattern, content), cost: content.cost + (isUsual ? -100 : 1) };
      }
      case 'group': {
        const parts = pattern.parts.map((part) => this.#smallest(part, path, open));
        return parts.every((part) => part !== undefined) ? join(parts) : undefined;
      }
      case 'choice': {
        const parts = pattern.parts.map((part) => this.#smallest(part, path, open));
        return parts.filter((part) => part !== undefined).toSorted((a, b) => a.cost - b.cost)[0];
      }
      case 'optional': {
        const inner = this.#smallest(pattern.content, path, open);
        return inner && inner.cost < 0 ? inner : nothing;
      }
      case 'ref':
        if (open.has(pattern.name)) return undefined;
        return this.#smallest(this.#define(pattern.name), path, new Set([...open, pattern.name]));
      case 'value':
        return { ...nothing, text: pattern.text, cost: pattern.text === this.#texts[path] ? -1 : 1 };
      case 'data': {
        const samples = samplesOf(pattern);
        const usual = this.#texts[path];
        const fits = usual !== undefined && usual !== '' && (pattern.pattern?.test(usual) ?? true);
        return { ...nothing, text: fits ? usual : (samples[0] ?? ''), cost: fits ? -1 : 0 };
      }
      case 'text':
        return { ...nothing, text: this.#texts[path] ?? 'one' };
      case 'impossible':
        return undefined;
    }
  }

  *#variants(pattern: Pattern, path: string, open: ReadonlySet<string>): Generator<Found> {
    switch (pattern.kind) {
      case 'element':
      case 'attribute': {
        const here = below(path, pattern);
        if (!this.#isWanted(here)) return;
        for (const inner of this.#inside(pattern.content, here, open)) {
          if (inner.piece) yield { ...inner, ...wrap(pattern, inner) };
          else {
            const outer = wrap(pattern, inner);
            const piece = outer.attributes[0] ?? outer.children[0];
            if (piece) yield { ...inner, ...outer, piece };
          }
        }
        return;
      }
      case 'group': {
        const parts = pattern.parts.map((part) => this.#smallest(part, path, open));
        for (const [i, part] of pattern.parts.entries()) {
          const others = parts.toSpliced(i, 1);
          if (others.some((other) => other === undefined)) continue;
          for (const found of this.#variants(part, path, open)) {
            yield {
              ...found,
              ...join(parts.with(i, { ...found, cost: 0 }).filter((one) => one !== undefined)),
            };
          }
        }
        return;
      }
      case 'choice':
        for (const part of pattern.parts) {
          for (const found of this.#variants(part, path, open)) {
            yield found.enumerated && !found.piece
              ? { ...found, others: listed(pattern, found.text) }
              : found;
          }
        }
        return;
      case 'optional':
        yield* this.#variants(pattern.content, path, open);
        return;
      case 'ref':
        if (open.has(pattern.name)) return;
        yield* this.#variants(this.#define(pattern.name), path, new Set([...open, pattern.name]));
        return;
      case 'value':
        yield { ...nothing, text: pattern.text, path, others: [], enumerated: true, holds: false };
        return;
      case 'data': {
        const instance = this.#smallest(pattern, path, open) ?? nothing;
        const others = samplesOf(pattern).filter((sample) => sample !== instance.text);
        yield { ...instance, path, others, enumerated: false, holds: false };
        return;
      }
      case 'text': {
        const instance = this.#smallest(pattern, path, open) ?? nothing;
        yield { ...instance, path, others: ['another'], enumerated: false, holds: false };
        return;
      }
      case 'impossible':
    }
  }

  /** The variants of the content of an element or attribute: the smallest, and each possible addition. */
  *#inside(content: Pattern, path: string, open: ReadonlySet<string>): Generator<Found> {
    const least = this.#smallest(content, path, open);
    const holds = this.#holdsElements(content, new Set()) || (least?.attributes.length ?? 0) > 0;
    const found = [...this.#variants(content, path, open)];
    // An element with a text of its own has already been examined.
    const isText = found.some(({ piece }) => !piece);
    if (least && !isText) yield { ...least, path, others: [], enumerated: false, holds };
    yield* found;
  }

  #holdsElements(pattern: Pattern, open: Set<string>): boolean {
    switch (pattern.kind) {
      case 'element':
        return true;
      case 'group':
      case 'choice':
        return pattern.parts.some((part) => this.#holdsElements(part, open));
      case 'optional':
        return this.#holdsElements(pattern.content, open);
      case 'ref':
        if (open.has(pattern.name)) return false;
        return this.#holdsElements(this.#define(pattern.name), open.add(pattern.name));
      default:
        return false;
    }
  }
}

/** The other texts of a choice. */
const listed = (choice: { readonly parts: readonly Pattern[] }, text: string): readonly string[] =>
  choice.parts.flatMap((part) => (part.kind === 'value' && part.text !== text ? [part.text] : []));

/** The path, starting below the root. */
function below(path: string, { kind, name }: { readonly kind: string; readonly name: Name }): string {
  if (path === '') return '.';
  const last = kind === 'attribute' ? `@${qualified(name)}` : qualified(name);
  return path === '.' ? last : `${path}/${last}`;
}

function wrap(
  { kind, name }: { readonly kind: 'element' | 'attribute'; readonly name: Name },
  content: Content,
): Content {
  const { attributes, children, text } = content;
  if (kind === 'element')
    return { attributes: [], children: [{ name, attributes, children, text }], text: '' };
  const attribute: Attribute = { name, value: text };
  return { attributes: [attribute], children: [], text: '' };
}

const join = (parts: readonly Instance[]): Instance => ({
  attributes: parts.flatMap(({ attributes }) => attributes),
  children: parts.flatMap(({ children }) => children),
  text: parts.map(({ text }) => text).join(''),
  cost: parts.reduce((sum, { cost }) => sum + cost, 0),
});
