/** A range of a source text in UTF-16 code units: `start` is the first, `end` the one after the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A span that is computed when it is used: most recorded spans are never printed. */
export class LazySpan<Whole> implements Span {
  readonly #find: (whole: Whole, part: string) => Span;
  readonly #whole: Whole;
  readonly #part: string;
  #found: Span | undefined;

  /**
   * @param find the same function for many spans: a closure for each would cost more than the rest
   * @param part the part of the whole to find, if it has a name
   */
  constructor(find: (whole: Whole, part: string) => Span, whole: Whole, part = '') {
    this.#find = find;
    this.#whole = whole;
    this.#part = part;
  }

  get start(): number {
    return this.#span.start;
  }

  get end(): number {
    return this.#span.end;
  }

  get #span(): Span {
    return (this.#found ??= this.#find(this.#whole, this.#part));
  }
}

/** A position for messages: line and column count from 1; `column` counts characters (code points), not bytes. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Finds lines in a text. Line starts are found once, then each look-up is a binary search. A line ends with `\n`, `\r\n` or
 * a lone `\r`.
 */
export class LineIndex {
  readonly #text: string;
  readonly #starts: number[] = [0];
  #last = { start: 0, offset: 0, characters: 0 };

  constructor(text: string) {
    this.#text = text;
    for (const { index, 0: ending } of text.matchAll(/\r\n?|\n/g)) {
      this.#starts.push(index + ending.length);
    }
  }

  /** The line and column of an offset; the end of the text is valid, too. */
  position(offset: number): Position {
    const line = this.lineNumber(offset);
    const start = this.#starts[line - 1] ?? 0;
    // Positions are requested in document order, often many on one line: continue from the last one.
    const known = this.#last.start === start && this.#last.offset <= offset;
    const { offset: from, characters } = known ? this.#last : { offset: start, characters: 0 };
    const count = characters + countCharacters(this.#text, from, offset);
    this.#last = { start, offset, characters: count };
    return { line, column: count + 1 };
  }

  /** The number of the line that contains an offset, from 1. */
  lineNumber(offset: number): number {
    return this.#lineOf(offset) + 1;
  }

  /** The line that contains an offset, without its line end. */
  line(offset: number): Span {
    const line = this.#lineOf(offset);
    const start = this.#starts[line] ?? 0;
    let end = this.#starts[line + 1] ?? this.#text.length;
    while (end > start && (this.#text[end - 1] === '\n' || this.#text[end - 1] === '\r')) end -= 1;
    return { start, end };
  }

  #lineOf(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/** The number of characters (code points) in a range of a text: a surrogate pair is one. */
function countCharacters(text: string, from: number, to: number): number {
  let count = 0;
  for (let i = from; i < to; i++) {
    const unit = text.charCodeAt(i);
    const isSecondHalf = unit >= 0xdc00 && unit <= 0xdfff && i > from;
    if (!isSecondHalf) count += 1;
  }
  return count;
}
