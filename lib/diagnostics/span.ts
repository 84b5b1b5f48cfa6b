/**
 * A stretch of a source text, in UTF-16 code units as JavaScript counts them:
 * `start` is the first, `end` the one after the last.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A span that is looked for when it is asked for: few of the places that are noted are ever shown. */
export class LazySpan implements Span {
  readonly #find: () => Span;
  #found: Span | undefined;

  constructor(find: () => Span) {
    this.#find = find;
  }

  get start(): number {
    return (this.#found ??= this.#find()).start;
  }

  get end(): number {
    return (this.#found ??= this.#find()).end;
  }
}

/** A place for people: both count from 1; `column` counts characters (code points), not bytes. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/**
 * Finds lines in a text. Line starts are found once, then each look-up is a binary search.
 * `\n`, `\r\n` and a lone `\r` end a line.
 */
export class LineIndex {
  readonly #text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    for (const { index, 0: ending } of text.matchAll(/\r\n?|\n/g)) {
      this.#starts.push(index + ending.length);
    }
  }

  /** The line and column of an offset; one past the end of the text is a place, too. */
  position(offset: number): Position {
    const line = this.#lineOf(offset);
    const before = this.#text.slice(this.#starts[line] ?? 0, offset);
    return { line: line + 1, column: [...before].length + 1 };
  }

  /** The text of the line that holds `offset`, without its ending, and where it starts. */
  line(offset: number): { readonly text: string; readonly start: number } {
    const line = this.#lineOf(offset);
    const start = this.#starts[line] ?? 0;
    const end = this.#starts[line + 1] ?? this.#text.length;
    return { text: this.#text.slice(start, end).replace(/[\r\n]+$/, ''), start };
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
