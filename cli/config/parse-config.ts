import { getStaticTOMLValue, ParseError, parseTOML, type AST } from 'toml-eslint-parser';
import { Report, type Diagnostic } from '../../lib/diagnostics/diagnostic.js';
import { renderDiagnostics } from '../../lib/diagnostics/render.js';
import { LineIndex, type Span } from '../../lib/diagnostics/span.js';
import { configKeys, configSections, keyName, type ConfigKey } from './keys.js';
import type { SettingName, Settings } from './settings.js';

/** What a configuration file sets, and where. */
export interface ConfigFile {
  readonly file: string;
  readonly source: string;
  readonly settings: Settings;
  /** The key of each setting in the file; of a table, each of its entries by name. */
  readonly origins: ReadonlyMap<SettingName, Span | ReadonlyMap<string, Span>>;
  readonly diagnostics: readonly Diagnostic[];
  /** All errors for a terminal, and the first of them for a log. */
  readonly problem?: { readonly rendered: string; readonly inOneLine: string };
}

/** `section.key = value`, however TOML wrote it; an empty table has no value. */
interface Entry {
  readonly path: readonly string[];
  readonly span: Span;
  readonly value?: AST.TOMLContentNode;
}

/** Parses a configuration file. Never throws for a wrong one; with errors, the settings are incomplete. Pure. */
export function parseConfig(file: string, source: string): ConfigFile {
  const report = new Report();
  const reader = new ConfigReader(report);
  try {
    for (const entry of entriesOf(parseTOML(source).body[0], report)) reader.read(entry);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const { message, index } = error;
    const text = message.slice(0, 1).toLowerCase() + message.slice(1);
    report.add('config-syntax', `not valid TOML: ${text}`, { start: index, end: index + 1 });
  }
  const { settings, origins } = reader;
  const { diagnostics } = report;
  const [first, ...others] = diagnostics;
  return {
    file,
    source,
    settings,
    origins,
    diagnostics,
    ...(first && {
      problem: {
        rendered: renderDiagnostics(diagnostics, { file, source }),
        inOneLine: inOneLine(file, source, first, others.length),
      },
    }),
  };
}

function inOneLine(
  file: string,
  source: string,
  { span, message, hint }: Diagnostic,
  others: number,
): string {
  const where = span && new LineIndex(source).position(span.start);
  const place = where ? `${file}:${where.line}:${where.column}` : file;
  const more = others === 0 ? '' : ` (and ${others} more; run virt2xen config)`;
  return `${place}: ${message}${hint === undefined ? '' : `; ${hint}`}${more}`;
}

class ConfigReader {
  readonly #report: Report;
  readonly #values = new Map<SettingName, unknown>();
  readonly origins = new Map<SettingName, Span | Map<string, Span>>();

  constructor(report: Report) {
    this.#report = report;
  }

  /** Each value was checked for its key. */
  get settings(): Settings {
    return Object.fromEntries(
      [...this.#values].map(([name, value]) => [
        name,
        value instanceof Map ? Object.fromEntries(value) : value,
      ]),
    );
  }

  read({ path, span, value }: Entry): void {
    const [section = '', key, ...others] = path;
    if (value === undefined && key === undefined && configSections.includes(section)) return;
    const known = configKeys.find((each) => each.section === section && (each.key ?? key) === key);
    if (!known || key === undefined) return this.#refuseKey(section, key, span);
    if (others.length > 0) {
      const hint = `quote a name that contains dots: "${[key, ...others].join('.')}"`;
      return this.#report.add('config-key', `${path.join('.')}: not a name in [${section}]`, span, hint);
    }
    const read = readValue(known, span, value, this.#report);
    if (read === undefined) return;
    if (known.type !== 'table') {
      this.#values.set(known.setting, read);
      this.origins.set(known.setting, span);
      return;
    }
    entriesIn(this.#values as Map<SettingName, Map<string, unknown>>, known.setting).set(key, read);
    entriesIn(this.origins as Map<SettingName, Map<string, Span>>, known.setting).set(key, span);
  }

  #refuseKey(section: string, key: string | undefined, span: Span): void {
    if (!configSections.includes(section)) {
      const sections = configSections.map((each) => `[${each}]`).join(', ');
      return this.#report.add('config-key', `unknown section '${section}'`, span, `use ${sections}`);
    }
    if (key === undefined)
      return this.#report.add('config-key', `'${section}' is a section`, span, `write [${section}]`);
    const elsewhere = configKeys.find((each) => each.key === key);
    const keys = configKeys.flatMap((each) => (each.section === section && each.key) || []);
    const hint = elsewhere ? `move it to [${elsewhere.section}]` : `use ${keys.join(', ')}`;
    this.#report.add('config-key', `unknown key '${key}' in [${section}]`, span, hint);
  }
}

function entriesIn<Value>(maps: Map<SettingName, Map<string, Value>>, name: SettingName): Map<string, Value> {
  const present = maps.get(name);
  if (present) return present;
  const added = new Map<string, Value>();
  maps.set(name, added);
  return added;
}

const names: Readonly<Record<ConfigKey['type'], string>> = {
  text: 'a string',
  number: 'an integer',
  list: 'an array of strings',
  table: 'a string',
};

/** The value of a key, if it has the right type and form; else it is reported. */
function readValue(
  known: ConfigKey,
  key: Span,
  node: AST.TOMLContentNode | undefined,
  report: Report,
): unknown {
  const isList = node?.type === 'TOMLArray';
  const isOfType = node !== undefined && isList === (known.type === 'list');
  const parts = isOfType ? (isList ? node.elements : [node]) : [];
  const problems = parts.flatMap((part) => {
    const why = problemOf(known, getStaticTOMLValue(part));
    return why === undefined ? [] : [{ span: spanOf(part), why }];
  });
  if (!isOfType) problems.push({ span: node ? spanOf(node) : key, why: typeHint(known) });
  for (const { span, why } of problems)
    report.add('config-value', `invalid value of ${keyName(known)}: ${why}`, span);
  return node && problems.length === 0 ? getStaticTOMLValue(node) : undefined;
}

const typeHint = ({ type, example }: ConfigKey): string => `use ${names[type]}, as in ${example}`;

/** Why a text, or each entry of a list or table, is not valid. */
function problemOf(known: ConfigKey, value: unknown): string | undefined {
  if (typeof value !== (known.type === 'number' ? 'number' : 'string')) return typeHint(known);
  try {
    known.check(String(value));
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The key-value pairs of a file in its order, with full paths. */
function entriesOf(top: AST.TOMLTopLevelTable, report: Report): readonly Entry[] {
  return top.body.flatMap((node) => {
    if (node.type === 'TOMLKeyValue') return flatten([], node);
    if (node.kind === 'array') {
      const hint = `write [${node.key.keys.map(textOf).join('.')}]`;
      report.add('config-key', 'the file has no arrays of tables', spanOf(node.key), hint);
      return [];
    }
    const path = node.key.keys.map(textOf);
    if (node.body.length === 0) return [{ path, span: spanOf(node.key) }];
    return node.body.flatMap((pair) => flatten(path, pair));
  });
}

function flatten(above: readonly string[], { key, value }: AST.TOMLKeyValue): readonly Entry[] {
  const path = [...above, ...key.keys.map(textOf)];
  if (value.type !== 'TOMLInlineTable') return [{ path, span: spanOf(key), value }];
  if (value.body.length === 0) return [{ path, span: spanOf(key) }];
  return value.body.flatMap((pair) => flatten(path, pair));
}

const textOf = (key: AST.TOMLBare | AST.TOMLQuoted): string =>
  key.type === 'TOMLBare' ? key.name : key.value;

const spanOf = ({ range: [start, end] }: { readonly range: AST.Range }): Span => ({ start, end });
