import type { Span } from './span.js';

/**
 * Remembers where a node of the model was read from, so that whoever writes it later can point
 * at the place in the source. It is kept beside the model, not in it: a domain that a program
 * builds by hand has no origins, and two equal domains are equal wherever they came from.
 */
interface Origin {
  readonly whole: Span | undefined;
  readonly parts: Readonly<Record<string, Span | undefined>>;
}

/** A constructor that returns the object that it is given: a subclass puts its private fields on that. */
const Given = function (node: object) {
  return node;
} as unknown as new (node: object) => object;

/**
 * A private field on somebody else's object: nobody else can see it, and it goes when the object
 * goes. That is what a WeakMap does; but setting a WeakMap took a fifth of a whole conversion.
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
 * Notes where `node` and, by property name, parts of it came from.
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

/** Where a part of `node` came from; the whole node if the part is not known; nothing if neither is. */
export function originOf<Node extends object>(
  node: Node | undefined,
  part?: keyof Node & string,
): Span | undefined {
  if (node === undefined) return undefined;
  const origin = Note.of(node);
  return (part === undefined ? undefined : origin?.parts[part]) ?? origin?.whole;
}

/** What may be changed of a node; an optional property given as undefined is removed. */
export type Changes<Node extends object> = {
  readonly [Part in keyof Node]?: object extends Pick<Node, Part> ? Node[Part] | undefined : Node[Part];
};

/**
 * Copies a node with changes. The copy has the origin of the original, its parts included: a disk
 * with another name still points at the name in the source.
 */
export function derive<Node extends object>(node: Node, changes: Changes<Node>): Node {
  const derived: Node = { ...node, ...changes };
  for (const part in changes) if (changes[part] === undefined) Reflect.deleteProperty(derived, part);
  const origin = Note.of(node);
  if (origin) Note.put(derived, origin);
  return derived;
}
