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

const origins = new WeakMap<object, Origin>();

/**
 * Notes where `node` and, by property name, parts of it came from.
 * @returns the same node
 */
export function withOrigin<Node extends object>(
  node: Node,
  whole: Span | undefined,
  parts: { readonly [Part in keyof Node]?: Span | undefined } = {},
): Node {
  origins.set(node, { whole, parts });
  return node;
}

/** Where a part of `node` came from; the whole node if the part is not known; nothing if neither is. */
export function originOf<Node extends object>(
  node: Node | undefined,
  part?: keyof Node & string,
): Span | undefined {
  if (node === undefined) return undefined;
  const origin = origins.get(node);
  return (part === undefined ? undefined : origin?.parts[part]) ?? origin?.whole;
}
