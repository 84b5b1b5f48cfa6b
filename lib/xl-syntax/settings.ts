import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { XlAtom, XlDocument, XlValue } from './ast.js';

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
  const settings = new Map<string, XlSetting>();
  /** What `+=` has made of several assignments, in parts. */
  const joined = new Map<string, [XlSetting, ...XlSetting[]]>();
  for (const { key, keySpan, operator, value } of document.assignments) {
    const setting = { key, keySpan, value, added: operator === '+=' };
    const earlier = settings.get(key);
    if (!earlier) {
      settings.set(key, setting);
      continue;
    }
    const parts: [XlSetting, ...XlSetting[]] = joined.get(key) ?? [earlier];
    if (operator === '+=') {
      if (earlier.value.kind === value.kind) {
        parts.push(setting);
        joined.set(key, parts);
      } else
        report.add('xl-syntax', `'${key} +=' cannot add a list to a text or a text to a list`, value.span);
      continue;
    }
    for (const part of parts) {
      report.add('xl-overridden', `'${key}' is set more than once; xl uses the last`, part.keySpan);
    }
    joined.delete(key);
    settings.set(key, setting);
  }
  for (const [key, parts] of joined) settings.set(key, join(parts));
  return settings;
}

function join(parts: readonly [XlSetting, ...XlSetting[]]): XlSetting {
  const [{ key, keySpan, value }] = parts;
  const values = parts.map((part) => part.value);
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
