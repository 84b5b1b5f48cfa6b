import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { XlAssignment, XlComment, XlDocument, XlValue } from './ast.js';
import { Lexer, type XlToken } from './lexer.js';

const maximumListNesting = 100;

/**
 * Parses an xl.cfg with the grammar of Xen's libxlu_cfg_y.y. Each method is one of its rules. A statement with an
 * error is reported and omitted; parsing continues on the next line, so that one run reports every error.
 *
 * @returns the valid statements; `report` contains the errors of the others
 */
export function parseXlSyntax(source: string, report: Report): XlDocument {
  const parser = new Parser(source, report);
  parser.consumeFile();
  return { assignments: parser.assignments, comments: parser.comments };
}

/** Thrown inside the parser only, to skip an invalid statement. */
class StatementError extends Error {}

class Parser {
  readonly assignments: XlAssignment[] = [];
  readonly comments: XlComment[] = [];
  readonly #report: Report;
  readonly #lexer: Lexer;
  #token: XlToken;

  constructor(source: string, report: Report) {
    this.#report = report;
    this.#lexer = new Lexer(source, report);
    this.#token = { kind: 'newline', start: 0, end: 0 };
    this.#advance();
  }

  /** file: stmts | stmts assignment */
  consumeFile(): void {
    while (!this.#at('end')) {
      try {
        this.#consumeStatement();
      } catch (error) {
        if (!(error instanceof StatementError)) throw error;
        this.#skipLine();
      }
    }
  }

  /** stmt: assignment endstmt | endstmt */
  #consumeStatement(): void {
    if (this.#at('newline', ';')) {
      this.#advance();
      return;
    }
    const assignment = this.#consumeAssignment();
    if (!this.#at('newline', ';') && !this.#at('end')) {
      this.#fail(`expected the end of the line after the value of '${assignment.key}'`);
    }
    this.assignments.push(assignment);
  }

  /** assignment: IDENT '=' value | IDENT "+=" value */
  #consumeAssignment(): XlAssignment {
    const key = this.#token;
    if (key.kind !== 'ident') this.#fail('expected the name of a setting');
    this.#advance();
    const operator = this.#token.kind;
    if (operator !== '=' && operator !== '+=') this.#fail(`expected '=' after '${key.text}'`);
    this.#advance();
    return { key: key.text, keySpan: spanOf(key), operator, value: this.#consumeValue(0) };
  }

  /** value: atom | '[' nlok valuelist ']' */
  #consumeValue(depth: number): XlValue {
    const token = this.#token;
    switch (token.kind) {
      case 'number':
        this.#advance();
        return { kind: 'atom', text: token.text, quoted: false, span: spanOf(token) };
      case 'string': {
        this.#advance();
        const { text, offsets } = token;
        const span = spanOf(token);
        return offsets === undefined
          ? { kind: 'atom', text, quoted: true, span }
          : { kind: 'atom', text, quoted: true, span, offsets };
      }
      case '[':
        return this.#consumeList(depth);
      case 'ident':
        return this.#fail(`the value '${token.text}' requires quotes`);
      default:
        return this.#fail('expected a value: a number, a string in quotes or a [ list ]');
    }
  }

  /** valuelist: (empty) | values | values ',' nlok */
  #consumeList(depth: number): XlValue {
    if (depth >= maximumListNesting) this.#fail('lists nested too deeply');
    const { start } = this.#token;
    this.#advance();
    const items: XlValue[] = [];
    this.#skipNewlines();
    while (!this.#at(']')) {
      items.push(this.#consumeValue(depth + 1));
      this.#skipNewlines();
      if (this.#at(']')) break;
      if (!this.#at(',')) {
        this.#fail(this.#at('end') ? "the list is not closed with ']'" : "expected ',' or ']' in the list");
      }
      this.#advance();
      this.#skipNewlines();
    }
    const { end } = this.#token;
    this.#advance();
    return { kind: 'list', items, span: { start, end } };
  }

  /** nlok: (empty) | nlok NEWLINE */
  #skipNewlines(): void {
    while (this.#at('newline')) this.#advance();
  }

  /** error NEWLINE */
  #skipLine(): void {
    while (!this.#at('newline', 'end')) this.#advance();
  }

  #at(kind: XlToken['kind'], other?: XlToken['kind']): boolean {
    return this.#token.kind === kind || this.#token.kind === other;
  }

  #advance(): void {
    const token = this.#lexer.next();
    this.#token = token;
    if (token.kind === 'newline' && token.comment !== undefined) {
      this.comments.push({ text: token.comment, span: spanOf(token) });
    }
  }

  #fail(message: string): never {
    // The lexer has reported an invalid token.
    if (!this.#at('error')) this.#report.add('xl-syntax', message, this.#token);
    throw new StatementError();
  }
}

const spanOf = ({ start, end }: XlToken): Span => ({ start, end });
