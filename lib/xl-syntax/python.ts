import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';

/**
 * What only Python has, at the beginning of a line: a statement, a constant, a call, or a sum of lists. The configs of xm were
 * Python programs; xl never read those, and xm was removed in Xen 4.5. No two adjacent parts of a pattern can match
 * the same text, so that a search takes one pass however long a line is.
 */
const statements: readonly RegExp[] = [
  /^[ \t]*(?:import[ \t]+[A-Za-z_][\w.]*|from[ \t]+[A-Za-z_][\w.]*[ \t]+import)\b[^\n=]*$/m,
  /^[ \t]*(?:def[ \t]+\w+[ \t]*\(|(?:class|if|elif|for|while|with|except)\b[^\n]*:|(?:else|try|finally)[ \t]*:)/m,
  /^[ \t]*[A-Za-z_]\w*[ \t]*\+?=[ \t]*[A-Za-z_][\w.]*[ \t]*\(/m,
  /^[ \t]*[A-Za-z_]\w*[ \t]*=[ \t]*(?:os|sys|arch|string|socket)\.\w/m,
  /^[ \t]*[A-Za-z_]\w*[ \t]*\+?=[ \t]*(?:None|True|False)\b[^\n]*$/m,
  /^[ \t]*(?:print|exec|eval|range|os\.\w+|sys\.\w+)[ \t]*\(/m,
  /^[ \t]*[A-Za-z_]\w*[ \t]*=[^#\n]*["'\]][ \t]*[+%][ \t]*[[(\w'"]/m,
];

/** The position where a text is a Python program; undefined if it is not. */
export function findPython(source: string): Span | undefined {
  const places = statements.flatMap((statement) => {
    const match = statement.exec(source);
    if (!match) return [];
    const start = match.index + (/\S/.exec(match[0])?.index ?? 0);
    return [{ start, end: match.index + match[0].trimEnd().length }];
  });
  return places.toSorted((a, b) => a.start - b.start)[0];
}

/** Reports a config of xm, once. */
export function reportPython(span: Span, report: Report): void {
  const message = 'the config is a Python program: xl does not run Python, and xm was removed in Xen 4.5';
  report.add('xl-python', message, span, 'write plain settings, or let Python print them as KEY = VALUE');
}
