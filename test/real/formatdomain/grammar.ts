/** RELAX NG as libvirt uses it: a grammar of named patterns, read from the files of the schema. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Report } from '../../../lib/diagnostics/diagnostic.js';
import type { XmlElement } from '../../../lib/libvirt/xml/element.js';
import { parseXml } from '../../../lib/libvirt/xml/parse.js';

/** A pattern. A sequence is a group; an interleave is read as a group, too, because it allows this order. */
export type Pattern =
  | { readonly kind: 'element' | 'attribute'; readonly name: Name; readonly content: Pattern }
  | { readonly kind: 'group' | 'choice'; readonly parts: readonly Pattern[] }
  /** Zero or one occurrence; more are not needed here. */
  | { readonly kind: 'optional'; readonly content: Pattern }
  | { readonly kind: 'ref'; readonly name: string }
  | { readonly kind: 'value'; readonly text: string }
  | DataPattern
  | { readonly kind: 'text' | 'impossible' };

/** A text of an XML Schema datatype with facets. */
export interface DataPattern {
  readonly kind: 'data';
  readonly type: string;
  readonly pattern?: RegExp;
  readonly least?: number;
  readonly most?: number;
}

export interface Name {
  readonly local: string;
  readonly namespace?: string;
}

export type Grammar = ReadonlyMap<string, Pattern>;

/** The name that represents any name. */
const anyName: Name = { local: 'any', namespace: 'urn:any' };

/**
 * Reads a schema with all included files.
 * @throws for a construct of RELAX NG that libvirt's schema does not use
 */
export function readGrammar(file: string): Grammar {
  const defines = new Map<string, Pattern>();
  readInto(defines, file, new Set());
  return defines;
}

function readInto(defines: Map<string, Pattern>, file: string, seen: Set<string>): void {
  if (seen.has(file)) return;
  seen.add(file);
  const report = new Report();
  const root = parseXml(readFileSync(file, 'utf8'), report);
  if (!root || report.hasErrors) throw new Error(`${file} cannot be read: ${JSON.stringify(report)}`);
  for (const child of root.children) {
    if (child.name === 'include') {
      readInto(defines, join(dirname(file), need(child, 'href')), seen);
      continue;
    }
    const name = child.name === 'start' ? 'start' : need(child, 'name');
    const [earlier, pattern] = [defines.get(name), group(child.children)];
    // Repeated definitions must have combine="choice" in a valid schema.
    defines.set(name, earlier ? { kind: 'choice', parts: [earlier, pattern] } : pattern);
  }
}

/** @param namespace that of elements without one; it does not apply to the definition of a <ref> */
function group(children: readonly XmlElement[], namespace?: string): Pattern {
  const parts = children.map((child) => read(child, namespace));
  const [first] = parts;
  return first && parts.length === 1 ? first : { kind: 'group', parts };
}

function read(node: XmlElement, outer: string | undefined): Pattern {
  const namespace = node.peek('ns') ?? outer;
  const children = node.children.filter(({ name }) => name !== 'anyName');
  switch (node.name) {
    case 'element':
      return { kind: 'element', name: nameOf(node, namespace), content: group(children, namespace) };
    case 'attribute':
      return {
        kind: 'attribute',
        name: nameOf(node, undefined),
        content: children.length === 0 ? { kind: 'text' } : group(children, namespace),
      };
    case 'group':
    case 'interleave':
    case 'oneOrMore':
      return group(children, namespace);
    case 'optional':
    case 'zeroOrMore':
      return { kind: 'optional', content: group(children, namespace) };
    case 'choice':
      return { kind: 'choice', parts: children.map((child) => read(child, namespace)) };
    case 'ref':
      return { kind: 'ref', name: need(node, 'name') };
    case 'value':
      return { kind: 'value', text: node.content.trim() };
    case 'data':
      return readData(node);
    case 'empty':
      return { kind: 'group', parts: [] };
    case 'text':
      return { kind: 'text' };
    case 'notAllowed':
      return { kind: 'impossible' };
    default:
      throw new Error(`the schema has a <${node.name}>, which nothing here knows`);
  }
}

const nameOf = (node: XmlElement, namespace: string | undefined): Name =>
  node.children.some(({ name }) => name === 'anyName')
    ? anyName
    : { local: need(node, 'name'), ...(namespace !== undefined && { namespace }) };

function readData(node: XmlElement): DataPattern {
  const facets = new Map(node.children.map((facet) => [facet.peek('name'), facet.content.trim()]));
  const [pattern, least, most] = ['pattern', 'minInclusive', 'maxInclusive'].map((name) => facets.get(name));
  return {
    kind: 'data',
    type: need(node, 'type'),
    ...(pattern !== undefined && { pattern: new RegExp(`^(?:${pattern})$`) }),
    ...(least !== undefined && { least: Number(least) }),
    ...(most !== undefined && { most: Number(most) }),
  };
}

function need(node: XmlElement, attribute: string): string {
  const value = node.peek(attribute);
  if (value === undefined) throw new Error(`the schema has a <${node.name}> without ${attribute}`);
  return value;
}
