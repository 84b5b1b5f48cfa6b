import { XMLParser, XMLValidator, type X2jOptions } from 'fast-xml-parser';
import type { Report } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';
import { characterName, decodeReferences, findForbidden } from './characters.js';
import { XmlElement } from './element.js';
import { checkMarkup, findDeepElement, findOutside } from './markup.js';
import { isPlainlyWellFormed } from './plain.js';

/** The maximum depth of elements; libvirt's own XML stays below 20. */
export const maximumNesting = 100;

const options: X2jOptions = {
  preserveOrder: true,
  // They are read where they stand, for the place of each is needed.
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  // Texts stay as they are: without a value of its own, the parser does not look whether one needs trimming.
  tagValueProcessor: () => undefined,
  processEntities: false,
  cdataPropName: '#cdata',
  ignoreDeclaration: true,
  ignorePiTags: true,
  captureMetaData: true,
  jPath: false,
  // The parser counts the elements above the current one.
  maxNestedTags: maximumNesting - 1,
  onDangerousProperty: (name: string) => name,
};

/** Blanks between elements are no text of theirs; most texts of a document are such. */
const plainParser = new XMLParser({
  ...options,
  tagValueProcessor: (_tag, text, _path, _hasAttributes, isLeaf) =>
    !isLeaf && /^[ \t\n\r]*$/.test(text) ? '' : undefined,
});

const carefulParser = (): XMLParser => new XMLParser(options);

/** Names that fast-xml-parser rejects are renamed while it parses. */
const criticalName = /__proto__|constructor|prototype/;
const mask = '\u0001';

const disguise = (name: string): string =>
  criticalName.test(name) && !name.startsWith(mask) ? mask + name : name;

const unmask = (name: string): string => (name.startsWith(mask) ? name.slice(1) : name);

const disguisingParser = (): XMLParser => new XMLParser({ ...options, transformTagName: disguise });

const metadata = XMLParser.getMetaDataSymbol() as unknown as symbol;

/** A node as fast-xml-parser's preserveOrder form gives it: its key is the tag. */
// eslint-disable-next-line @typescript-eslint/consistent-indexed-object-style -- a Record cannot refer to itself
interface ParsedNode {
  readonly [key: string]: readonly ParsedNode[] | string;
}

/** The position where fast-xml-parser found a node. */
function placeOf(node: ParsedNode): { readonly startIndex: number; readonly endIndex: number } {
  return (
    (node as unknown as Record<symbol, ReturnType<typeof placeOf>>)[metadata] ?? {
      startIndex: 0,
      endIndex: 0,
    }
  );
}

/**
 * Parses a document into a located tree.
 *
 * fast-xml-parser parses; what it does not check is checked here: the characters, references, markup outside the
 * root, comments and declarations. A DOCTYPE is rejected; libvirt does not use one.
 *
 * @returns the root element; undefined if an error was reported
 */
export function parseXml(source: string, report: Report): XmlElement | undefined {
  const base = source.startsWith('\ufeff') ? 1 : 0;
  const text = base === 0 ? source : source.slice(base);
  const at = (start: number, end = start + 1): Span => ({ start: base + start, end: base + end });

  const bad = findForbidden(text);
  if (bad >= 0) {
    report.add('xml-character', `${characterName(text, bad)} is not allowed in XML`, at(bad));
    return undefined;
  }
  const hasCriticalName = (text.includes('proto') || text.includes('constructor')) && criticalName.test(text);
  const isPlain = !hasCriticalName && isPlainlyWellFormed(text, maximumNesting);
  const parsable = isPlain ? text : checkedText(text, report, at);
  if (parsable === undefined) return undefined;
  const nodes = parseNodes(
    parsable,
    isPlain ? plainParser : hasCriticalName ? disguisingParser() : carefulParser(),
    report,
    at,
  );
  if (!nodes) return undefined;
  const builder = new TreeBuilder(source, base, report, {
    isPlain,
    nameOf: hasCriticalName ? unmask : (name) => name,
  });
  const root = nodes.map((node) => builder.build(node, undefined)).find((element) => element !== undefined);
  // The validator reports which attribute a tag has twice.
  if (isPlain && builder.hasTwice) checkedText(text, report, at);
  if (!root) {
    report.add('xml-syntax', 'there is no element in the document', at(0, 0));
    return undefined;
  }
  const outside = isPlain ? undefined : findOutside(text, root.span.start - base, root.span.end - base);
  if (outside !== undefined) {
    const what = text[outside] === '<' ? 'a second root element' : 'text outside the root element';
    report.add('xml-syntax', what, at(outside));
    return undefined;
  }
  return report.hasErrors ? undefined : root;
}

/**
 * Checks a document thoroughly.
 * @returns the text for the parser, see `checkMarkup`; undefined if an error was reported
 */
function checkedText(
  text: string,
  report: Report,
  at: (start: number, end?: number) => Span,
): string | undefined {
  if (/^\s*$/.test(text)) {
    report.add('xml-syntax', 'the document is empty', at(0, 0));
    return undefined;
  }
  const markup = checkMarkup(text);
  if ('problem' in markup) {
    report.add(markup.code, markup.problem, at(markup.start, markup.end), markup.hint);
    return undefined;
  }
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- its successor is a package of its own, with the same code
  const validation = XMLValidator.validate(markup.text);
  if (validation === true) return markup.text;
  const { msg, line, col } = validation.err;
  report.add('xml-syntax', lowerFirst(msg.replace(/\.$/, '')), at(offsetOf(text, line, col)));
  return undefined;
}

function parseNodes(
  text: string,
  parser: XMLParser,
  report: Report,
  at: (start: number, end?: number) => Span,
): readonly ParsedNode[] | undefined {
  try {
    return parser.parse(text) as readonly ParsedNode[];
  } catch (error) {
    const deep = findDeepElement(text, maximumNesting);
    if (deep !== undefined) {
      report.add('xml-nesting', `elements nested more than ${maximumNesting} levels deep`, at(deep));
    } else {
      report.add(
        'xml-syntax',
        error instanceof Error ? lowerFirst(error.message) : 'cannot be parsed',
        at(0, 0),
      );
    }
    return undefined;
  }
}

function firstKey(node: ParsedNode): string {
  for (const key in node) return key;
  return '';
}

interface BuildOptions {
  /** No validator has looked for attributes that a tag has twice; a tag has few. */
  readonly isPlain: boolean;
  /** Takes the disguise from a name. */
  readonly nameOf: (parsed: string) => string;
}

/** An attribute of a start tag that is known to be well-formed; the end of the tag is none, whatever text follows. */
const attribute = /\s+[^\s=/>]+\s*=\s*(?:"[^"]*"|'[^']*')/y;

class TreeBuilder {
  readonly #source: string;
  readonly #base: number;
  readonly #report: Report;
  /** Whether an element has two attributes of one name. */
  hasTwice = false;
  /** References in the text since the last tag. */
  #references = 0;
  /** The last reference that was located, so that the next search continues from there. */
  #found = { from: -1, count: 0, span: { start: 0, end: 0 } };

  readonly #options: BuildOptions;

  constructor(source: string, base: number, report: Report, options: BuildOptions) {
    this.#source = source;
    this.#base = base;
    this.#report = report;
    this.#options = options;
  }

  /** The element of a node; a text or CDATA node is added to the content of its parent. */
  build(node: ParsedNode, parent: XmlElement | undefined): XmlElement | undefined {
    const tag = firstKey(node);
    const value = node[tag];
    if (tag === '#text') {
      if (parent && typeof value === 'string') parent.content += this.#text(value, parent);
      return undefined;
    }
    if (!Array.isArray(value)) return undefined;
    const inside = value as readonly ParsedNode[];
    if (tag === '#cdata') {
      const text = inside[0]?.['#text'];
      if (parent && typeof text === 'string') parent.content += text;
      return undefined;
    }
    const { startIndex, endIndex } = placeOf(node);
    const span = { start: this.#base + startIndex, end: this.#base + endIndex };
    const element = new XmlElement(this.#options.nameOf(tag), span, this.#source, parent);
    this.#addAttributes(element);
    // `for of` makes an object for each of them.
    inside.forEach((child) => {
      const built = this.build(child, element);
      if (!built) return;
      element.children.push(built);
      this.#references = 0;
    });
    this.#references = 0;
    return element;
  }

  #text(raw: string, parent: XmlElement): string {
    if (raw.includes(']]>')) this.#report.add('xml-syntax', "']]>' is not allowed in text", parent.tagSpan);
    if (!raw.includes('&')) return raw;
    const from = parent.children.at(-1)?.span.end ?? parent.tagSpan.end;
    return decodeReferences(
      raw,
      this.#report,
      () => this.#findReference(from),
      () => this.#references++,
    );
  }

  /** The current reference: the one with the same number of references before it, outside of markup. */
  #findReference(from: number): Span {
    const markup = /<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>|(&[^;&\s<]{0,40};?)/g;
    const known = this.#found.from === from && this.#found.count <= this.#references;
    let { count, span } = known ? this.#found : { count: 0, span: { start: from, end: from } };
    markup.lastIndex = span.end;
    for (let match = markup.exec(this.#source); match; match = markup.exec(this.#source)) {
      if (match[1] === undefined) continue;
      count += 1;
      span = { start: match.index, end: markup.lastIndex };
      if (count === this.#references) break;
    }
    this.#found = { from, count, span };
    return span;
  }

  #addAttributes(element: XmlElement): void {
    const source = this.#source;
    let end = element.span.start + 1 + element.name.length;
    for (;;) {
      attribute.lastIndex = end;
      if (!attribute.test(source)) return;
      const equals = source.indexOf('=', end);
      const name = source.slice(end, equals).trim();
      const start = source.indexOf(name, end);
      end = attribute.lastIndex;
      const span = { start, end };
      if (this.#options.isPlain && element.peek(name) !== undefined) this.hasTwice = true;
      const quote = source.charAt(end - 1);
      const raw = source.slice(source.indexOf(quote, equals) + 1, end - 1);
      element.addAttribute(name, this.#value(raw, name, span), span);
    }
  }

  /** The value of an attribute, normalized as XML specifies: a line break or tab in the source is a blank. */
  #value(raw: string, name: string, span: Span): string {
    if (!/[<&\t\n\r]/.test(raw)) return raw;
    if (raw.includes('<')) {
      this.#report.add('xml-syntax', `'<' in the value of '${name}'`, span, 'write &lt;');
    }
    return decodeReferences(raw.replace(/\r\n?|[\t\n]/g, ' '), this.#report, () => span);
  }
}

/** fast-xml-parser counts lines and columns from 1. */
function offsetOf(text: string, line: number, column: number | undefined): number {
  let offset = 0;
  for (let i = 1; i < line; i++) {
    const next = text.indexOf('\n', offset);
    if (next < 0) break;
    offset = next + 1;
  }
  return Math.min(offset + (column ?? 1) - 1, text.length - 1);
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
