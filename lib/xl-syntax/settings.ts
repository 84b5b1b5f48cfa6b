import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { XlAssignment, XlAtom, XlDocument, XlValue } from './ast.js';

/** One setting as xl sees it after reading the whole file. */
export interface XlSetting {
  readonly key: string;
  readonly keySpan: Span;
  readonly value: XlValue;
  /** Extended with `+=`; xl then rejects it as a number. */
  readonly added: boolean;
}

/**
 * Resolves repeated keys as xl does: the last `=` wins, `+=` joins texts and appends lists
 * (libxlu_cfg.c: xlu__cfg_set_store). What is overridden is reported.
 */
export function resolveSettings(document: XlDocument, report: Report): ReadonlyMap<string, XlSetting> {
  const parts = new Map<string, [XlAssignment, ...XlAssignment[]]>();
  for (const assignment of document.assignments) {
    const { key, operator, value } = assignment;
    const earlier = parts.get(key);
    if (!earlier) {
      parts.set(key, [assignment]);
    } else if (operator === '+=') {
      if (earlier[0].value.kind === value.kind) earlier.push(assignment);
      else report.add('xl-syntax', `'${key} +=' cannot add a list to a text or a text to a list`, value.span);
    } else {
      for (const { keySpan } of earlier) {
        report.add('xl-overridden', `'${key}' is set more than once; xl uses the last`, keySpan);
      }
      parts.set(key, [assignment]);
    }
  }
  const settings = new Map<string, XlSetting>();
  for (const [key, assignments] of parts) settings.set(key, join(assignments));
  return settings;
}

function join(assignments: readonly [XlAssignment, ...XlAssignment[]]): XlSetting {
  const [{ key, keySpan, operator, value }] = assignments;
  if (assignments.length === 1) return { key, keySpan, value, added: operator === '+=' };
  const values = assignments.map((assignment) => assignment.value);
  const span = values.at(-1)?.span ?? value.span;
  return { key, keySpan, value: joinValues(value, values, span), added: true };
}

function joinValues(first: XlValue, values: readonly XlValue[], span: Span): XlValue {
  if (first.kind === 'list') {
    return { kind: 'list', items: values.flatMap((v) => (v.kind === 'list' ? v.items : [])), span };
  }
  const atoms = values.filter((v) => v.kind === 'atom');
  const text = atoms.map((atom) => atom.text).join('');
  return { kind: 'atom', text, quoted: true, span, offsets: atoms.flatMap(offsetsOf) };
}

function offsetsOf(atom: XlAtom): readonly number[] {
  const base = atom.span.start + (atom.quoted ? 1 : 0);
  return atom.offsets ?? Array.from({ length: atom.text.length }, (_, i) => base + i);
}
