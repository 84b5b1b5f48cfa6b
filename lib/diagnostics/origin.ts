import type { Span } from './span.js';

/**
 * Records where a node of the model was read from, so that its writer can report the position in the source. It is
 * stored beside the model, not in it: a domain built by a program has no origins, and two equal domains are equal
 * wherever they were read from.
 */
interface Origin {
  readonly whole: Span | undefined;
  readonly parts: Readonly<Record<string, Span | undefined>>;
}

/** A constructor that returns the given object: the private fields of a subclass are then added to that object. */
const Given = function (node: object) {
  return node;
} as unknown as new (node: object) => object;

/**
 * A private field on an object of another class: invisible elsewhere, and collected with the object. A WeakMap
 * would do the same, but setting one took a fifth of a whole conversion.
 */
class Note extends Given {
  #origin: Origin;

  constructor(node: object, origin: Origin) {
    super(node);
    this.#origin = origin;
  }

  static put(node: object, origin: Origin): void {
    if (#origin in node) node.#origin = origin;
    else new Note(node, origin);
  }

  static of(node: object): Origin | undefined {
    return #origin in node ? node.#origin : undefined;
  }
}

const noParts: Readonly<Record<string, never>> = {};

/**
 * Records the origins of `node` and, by property name, of its parts.
 * @returns the same node
 */
export function withOrigin<Node extends object>(
  node: Node,
  whole: Span | undefined,
  parts: { readonly [Part in keyof Node]?: Span | undefined } = noParts,
): Node {
  Note.put(node, { whole, parts });
  return node;
}

/** The origin of a part of `node`; that of the whole node if the part has none; undefined if neither has one. */
export function originOf<Node extends object>(
  node: Node | undefined,
  part?: keyof Node & string,
): Span | undefined {
  if (node === undefined) return undefined;
  const origin = Note.of(node);
  return (part === undefined ? undefined : origin?.parts[part]) ?? origin?.whole;
}

/** The changes to a node; an optional property set to undefined is removed. */
export type Changes<Node extends object> = {
  readonly [Part in keyof Node]?: object extends Pick<Node, Part> ? Node[Part] | undefined : Node[Part];
};

/**
 * Copies a node with changes. The copy has the origins of the original and its parts: a renamed disk still has the
 * position of its name in the source.
 */
export function derive<Node extends object>(node: Node, changes: Changes<Node>): Node {
  const derived: Node = { ...node, ...changes };
  for (const part in changes) if (changes[part] === undefined) Reflect.deleteProperty(derived, part);
  const origin = Note.of(node);
  if (origin) Note.put(derived, origin);
  return derived;
}
