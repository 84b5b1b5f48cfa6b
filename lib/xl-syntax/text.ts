import { Report } from '../diagnostics/diagnostic.js';
import type { PreservedSetting, SettingValue } from '../model/preserved.js';
import type { XlValue } from './ast.js';
import { parseXlSyntax } from './parser.js';
import { printValue, type XlSource } from './printer.js';
import { resolveSettings } from './settings.js';

/** The value of a setting without its position. */
export const valueOf = (value: XlValue): SettingValue =>
  value.kind === 'atom' ? value.text : value.items.map(valueOf);

/** A string that is a plain number is written as one; xl does not distinguish them. */
export const sourceOf = (value: SettingValue): XlSource =>
  typeof value !== 'string'
    ? value.map(sourceOf)
    : /^(?:0|[1-9][0-9]{0,14})$/.test(value)
      ? Number(value)
      : value;

/** Whether xl accepts a text as the name of a setting (libxlu_cfg_l.l). */
export const isKey = (text: string): boolean => /^[a-z][._0-9a-z]*$/.test(text);

/** Settings as xl.cfg text: the form in which the XML of a domain preserves what libvirt cannot express. */
export function printSettings(settings: readonly PreservedSetting[], report: Report = new Report()): string {
  return settings
    .filter(({ key }) => isKey(key))
    .map(({ key, value }) => {
      const source = printValue(sourceOf(value), ({ kind, reason }) => {
        if (kind === 'impossible') report.add('xl-unrepresentable', `'${key}' cannot be kept: ${reason}`);
      });
      return `${key} = ${source}`;
    })
    .join('\n');
}

/** Parses that text. */
export function parseSettings(text: string): {
  readonly settings: readonly PreservedSetting[];
  readonly problems: readonly string[];
} {
  const report = new Report();
  const resolved = resolveSettings(parseXlSyntax(`${text}\n`, report), report);
  return {
    settings: [...resolved.values()].map(({ key, value }) => ({ key, value: valueOf(value) })),
    problems: report.diagnostics.map(({ message }) => message),
  };
}
