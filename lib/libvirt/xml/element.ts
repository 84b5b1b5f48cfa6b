import { LazySpan, type Span } from '../../diagnostics/span.js';

interface Attribute {
  readonly name: string;
  readonly value: string;
  /** `name="value"` with both quotes. */
  readonly span: Span;
  /** Whether a reader has taken it. */
  isRead: boolean;
}

/**
 * An element of the located tree. Reading marks it: an element, attribute or text that no reader took would be
 * lost, and `unread` finds it. No list of unknown elements is needed, and nothing is lost silently.
 */
export class XmlElement {
  readonly name: string;
  readonly parent: XmlElement | undefined;
  readonly children: XmlElement[] = [];
  readonly span: Span;
  /** The text directly inside, with references decoded and CDATA included. */
  content = '';
  readonly #attributes: Attribute[] = [];
  readonly #source: string;
  #attributeSpans: ReadonlyMap<string, Span> | undefined;
  #declarations: ReadonlyMap<string, string> | undefined;
  #read = false;
  #readAll = false;
  #readText = false;
  #omission: string | undefined;

  constructor(name: string, span: Span, source: string, parent?: XmlElement) {
    this.name = name;
    this.span = span;
    this.#source = source;
    this.parent = parent;
  }

  /** For the parser, which finds attributes after the element's name. */
  addAttribute(name: string, value: string, span: Span): void {
    this.#attributes.push({ name, value, span, isRead: false });
  }

  /**
   * Takes the children of another element, or those of a name, and the attributes that this one lacks: a format may read
   * both as one. The places in the source stay.
   */
  absorb(other: XmlElement, name?: string): void {
    const given = other.children.splice(0);
    for (const child of given) {
      const isTaken = name === undefined || child.name === name;
      (isTaken ? this : other).children.push(child);
    }
    if (name !== undefined) return;
    const own = new Set(this.#attributes.map((attribute) => attribute.name));
    for (const attribute of other.#attributes) if (!own.has(attribute.name)) this.#attributes.push(attribute);
    this.#attributeSpans = undefined;
    this.content += other.content;
    other.markAllRead();
  }

  /** The first child of that name, marked as read. Further ones stay unread. */
  child(name: string): XmlElement | undefined {
    return this.peekChild(name)?.markRead();
  }

  /** The first child of that name, not marked as read. */
  peekChild(name: string): XmlElement | undefined {
    const { children } = this;
    // eslint-disable-next-line @typescript-eslint/prefer-for-of -- see #find
    for (let i = 0; i < children.length; i++) if (children[i]?.name === name) return children[i];
    return undefined;
  }

  /** All children of that name, marked as read. */
  all(name: string): readonly XmlElement[] {
    return this.children.filter((child) => child.name === name).map((child) => child.markRead());
  }

  /** The value of an attribute, marked as read. */
  attribute(name: string): string | undefined {
    const attribute = this.#find(name);
    if (attribute) attribute.isRead = true;
    return attribute?.value;
  }

  /** The value of an attribute, not marked as read: to decide which reader takes the element. */
  peek(name: string): string | undefined {
    return this.#find(name)?.value;
  }

  /** By index: in code that V8 has not compiled, `for of` and `find` take several times as long. */
  #find(name: string): Attribute | undefined {
    const attributes = this.#attributes;
    // eslint-disable-next-line @typescript-eslint/prefer-for-of -- what a hook does once, V8 does not compile
    for (let i = 0; i < attributes.length; i++) if (attributes[i]?.name === name) return attributes[i];
    return undefined;
  }

  /** The text, trimmed, and marked as read. */
  text(): string {
    this.#readText = true;
    return trimBlanks(this.content);
  }

  /** The text unchanged, marked as read. */
  rawText(): string {
    this.#readText = true;
    return this.content;
  }

  /** Marks this element as read, but not its content. */
  markRead(): this {
    this.#read = true;
    return this;
  }

  /** Marks this element and its content as read: for what is implied on the other side. */
  markAllRead(): void {
    this.#read = true;
    this.#readAll = true;
    for (const child of this.children) child.markAllRead();
  }

  /** Leaves this element unread with its own reason, which overrides the one for its path. */
  leave(reason: string): void {
    this.#read = false;
    this.#omission = reason;
  }

  /** Why a reader did not read it; undefined if no reader gave a reason. */
  get omission(): string | undefined {
    return this.#omission;
  }

  get isRead(): boolean {
    return this.#read;
  }

  /** Marked as a whole: its content is not written on the other side. */
  get isAllRead(): boolean {
    return this.#readAll;
  }

  /** The attributes, not marked as read. */
  get attributes(): readonly (readonly [name: string, value: string])[] {
    return this.#attributes.map(({ name, value }) => [name, value]);
  }

  /** Their names alone. */
  get attributeNames(): readonly string[] {
    return this.#attributes.map(({ name }) => name);
  }

  get unreadAttributes(): readonly (readonly [name: string, value: string])[] {
    if (this.#readAll || this.#attributes.every(isRead)) return [];
    return this.#attributes.filter((attribute) => !attribute.isRead).map(({ name, value }) => [name, value]);
  }

  /** Whether readers have taken the whole element. */
  get isFullyRead(): boolean {
    if (this.#readAll) return true;
    return !this.hasUnreadText && this.#attributes.every(isRead) && this.children.every(isFullyRead);
  }

  /** Text other than blanks that no reader took. */
  get hasUnreadText(): boolean {
    return this.content !== '' && !this.#readText && !this.#readAll && /[^ \t\n\r]/.test(this.content);
  }

  /** The source text of the whole element. */
  get source(): string {
    return this.#source.slice(this.span.start, this.span.end);
  }

  /** The start tag, for messages: underlining a whole disk would not help. */
  get tagSpan(): Span {
    return new LazySpan(XmlElement.#tagOf, this);
  }

  /** `name="value"` with both quotes; the start tag if the attribute does not exist. */
  attributeSpan(name: string): Span {
    const isFew = this.#attributes.length < 16;
    return (isFew ? this.#find(name)?.span : undefined) ?? new LazySpan(XmlElement.#attributeOf, this, name);
  }

  /** The text of an element that contains nothing else; the start tag if it is empty. */
  get textSpan(): Span {
    return new LazySpan(XmlElement.#textOf, this);
  }

  /** The namespace of a prefix, if it is declared. */
  namespaceOf(prefix: string): string | undefined {
    const name = prefix === '' ? 'xmlns' : `xmlns:${prefix}`;
    this.#declarations ??= new Map(this.attributes.filter(([key]) => key.startsWith('xmlns')));
    return this.#declarations.get(name) ?? this.parent?.namespaceOf(prefix);
  }

  static readonly #tagOf = (element: XmlElement): Span => element.#findTag();
  static readonly #attributeOf = (element: XmlElement, name: string): Span => element.#findAttribute(name);
  static readonly #textOf = (element: XmlElement): Span => element.#findText();

  #findTag(): Span {
    const { start, end } = this.span;
    for (let i = start; i < end; i++) {
      const character = this.#source[i];
      if (character === '>') return { start, end: i + 1 };
      // The parser has accepted the quotes, so each one is paired.
      if (character === '"' || character === "'") i = this.#source.indexOf(character, i + 1);
    }
    return this.span;
  }

  /** By a map: there may be a hundred thousand of them, each with something wrong. */
  #findAttribute(name: string): Span {
    this.#attributeSpans ??= new Map(this.#attributes.map((attribute) => [attribute.name, attribute.span]));
    return this.#attributeSpans.get(name) ?? this.#findTag();
  }

  /** The first text, from its first character that is not blank to its last one before other markup. */
  #findText(): Span {
    const tag = this.#findTag();
    const gaps = [
      ...this.children.map(({ span }) => span.start),
      this.#source.lastIndexOf('<', this.span.end - 1),
    ];
    let start = tag.end;
    for (const [i, end] of gaps.entries()) {
      const text = /<!--[^]*?-->|<\?[^]*?\?>|(?:<!\[CDATA\[\s*)?([^\s<][^<]*)/g;
      text.lastIndex = start;
      for (let match = text.exec(this.#source); match && match.index < end; match = text.exec(this.#source)) {
        const [whole, raw] = match;
        const from = match.index + whole.length - (raw?.length ?? 0);
        if (raw !== undefined) return { start: from, end: from + raw.trimEnd().length };
      }
      start = this.children[i]?.span.end ?? start;
    }
    return tag;
  }
}

// Not as closures: each element would make its own.
const isRead = (attribute: Attribute): boolean => attribute.isRead;
const isFullyRead = (element: XmlElement): boolean => element.isRead && element.isFullyRead;

/** Trims what XML calls blanks; String.trim removes other characters, too. */
function trimBlanks(text: string): string {
  const isBlank = (index: number): boolean => ' \t\n\r'.includes(text.charAt(index));
  let [start, end] = [0, text.length];
  while (start < end && isBlank(start)) start += 1;
  while (end > start && isBlank(end - 1)) end -= 1;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}
