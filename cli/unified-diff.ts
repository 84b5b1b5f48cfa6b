import { applyEdits, type Edit } from '../lib/adapt/adapt.js';

const contextLines = 3;

/** Lines that change together, `from` up to `to`, counted from 0, and what they become. */
interface Change {
  readonly from: number;
  to: number;
  readonly edits: Edit[];
}

/** Edits as a unified diff, as `diff -u` writes and `patch` takes it; nothing if there are none. */
export function unifiedDiff(name: string, source: string, edits: readonly Edit[]): string {
  if (edits.length === 0) return '';
  const lines = source.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const changes = changesOf(lines, edits);
  let [body, shift, first] = ['', 0, 0];
  while (first < changes.length) {
    let last = first;
    const isNear = (i: number): boolean =>
      (changes[i + 1]?.from ?? Number.POSITIVE_INFINITY) - (changes[i]?.to ?? 0) <= 2 * contextLines;
    while (isNear(last)) last += 1;
    const hunk = writeHunk(lines, changes.slice(first, last + 1), shift);
    body += hunk.text;
    shift += hunk.growth;
    first = last + 1;
  }
  return `--- ${name}\n+++ ${name}\n${body}`;
}

/** The lines that each edit touches; edits of the same lines are one change. */
function changesOf(lines: readonly string[], edits: readonly Edit[]): readonly Change[] {
  const changes: Change[] = [];
  let [line, start] = [0, 0];
  for (const { offset, length, content } of edits) {
    const lengthOf = (index: number): number => lines[index]?.length ?? 0;
    while (line < lines.length - 1 && start + lengthOf(line) <= offset) start += lengthOf(line++);
    // Whole new lines before a line leave it as it is.
    const isInsertion = length === 0 && offset === start && content.endsWith('\n');
    let [to, end] = [line, start];
    while (!isInsertion && to < lines.length && (to === line || end < offset + length)) end += lengthOf(to++);
    const edit = { offset: offset - start, length, content };
    const last = changes.at(-1);
    if (last && line < last.to) {
      const before = lines.slice(last.from, line).join('').length;
      last.edits.push({ ...edit, offset: edit.offset + before });
      last.to = Math.max(last.to, to);
    } else changes.push({ from: line, to, edits: [edit] });
  }
  return changes;
}

function writeHunk(
  lines: readonly string[],
  changes: readonly Change[],
  shift: number,
): { readonly text: string; readonly growth: number } {
  const from = Math.max(0, (changes[0]?.from ?? 0) - contextLines);
  const to = Math.min(lines.length, (changes.at(-1)?.to ?? 0) + contextLines);
  let [text, at, growth] = ['', from, 0];
  for (const change of changes) {
    const old = lines.slice(change.from, change.to);
    const changed = applyEdits(old.join(''), change.edits).match(/[^\n]*\n|[^\n]+$/g) ?? [];
    text += mark(' ', lines.slice(at, change.from)) + mark('-', old) + mark('+', changed);
    growth += changed.length - old.length;
    at = change.to;
  }
  text += mark(' ', lines.slice(at, to));
  const count = to - from;
  return { text: `@@ -${from + 1},${count} +${from + 1 + shift},${count + growth} @@\n${text}`, growth };
}

const mark = (sign: string, lines: readonly string[]): string =>
  lines
    .map((line) => (line.endsWith('\n') ? sign + line : `${sign}${line}\n\\ No newline at end of file\n`))
    .join('');
