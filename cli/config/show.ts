import { renderDiagnostics } from '../../lib/diagnostics/render.js';
import { LineIndex, type Span } from '../../lib/diagnostics/span.js';
import { columns } from '../columns.js';
import { exitCodes } from '../exit-codes.js';
import { diagnosticsForJson } from '../json.js';
import { paint } from '../paint.js';
import { print } from '../terminal.js';
import { ConfigError, configPath, readConfig } from './file.js';
import { configKeys, keyName, type ConfigKey } from './keys.js';
import type { ConfigFile } from './parse-config.js';

export interface ShowConfigOptions {
  readonly file?: string | undefined;
  readonly json: boolean;
}

type SettingValue = string | number | readonly string[];

/** One key, with what the file sets; `default` applies if it sets nothing. */
interface EffectiveSetting {
  readonly key: string;
  readonly value?: SettingValue;
  readonly default?: string;
  readonly origin?: { readonly line: number; readonly column: number };
}

/** `virt2xen config`. @returns the exit status: 1 if the file has an error, 3 if it cannot be read */
export async function showConfig({ file, json }: ShowConfigOptions): Promise<number> {
  const path = file ?? configPath(process.env);
  try {
    const config = await readConfig(path);
    const settings = configKeys.flatMap((key) => effectiveOf(key, config));
    const diagnostics = config?.diagnostics ?? [];
    const { source = '' } = config ?? {};
    if (json) {
      const found = diagnosticsForJson(diagnostics, source);
      printJson({ file: path, exists: config !== undefined, settings, diagnostics: found });
    } else if (diagnostics.length > 0)
      print('stderr', renderDiagnostics(diagnostics, { file: path, source, paint }));
    else print('stdout', table(path, settings));
    return diagnostics.length > 0 ? exitCodes.document : exitCodes.done;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    if (json) printJson({ error: error.inOneLine });
    else print('stderr', error.message);
    return exitCodes.environment;
  }
}

/** A key; of a section with names, each of its entries. */
function effectiveOf(key: ConfigKey, config: ConfigFile | undefined): readonly EffectiveSetting[] {
  const { setting, otherwise } = key;
  const value = config?.settings[setting];
  const origin = config?.origins.get(setting);
  if (!config || value === undefined || !origin) return [{ key: keyName(key), default: otherwise }];
  const lines = new LineIndex(config.source);
  const at = (span: Span | undefined) => lines.position(span?.start ?? 0);
  if (!(origin instanceof Map))
    return [{ key: keyName(key), value: value as SettingValue, origin: at(origin as Span) }];
  return Object.entries(value).map(([name, each]: [string, SettingValue]) => ({
    key: `${keyName(key)}.${name}`,
    value: each,
    origin: at((origin as ReadonlyMap<string, Span>).get(name)),
  }));
}

function table(file: string, settings: readonly EffectiveSetting[]): string {
  const rows = settings.map(({ key, value, origin, ...setting }) => [
    key,
    typeof value === 'object' ? value.join(', ') : String(value ?? setting.default),
    origin ? `${file}:${origin.line}:${origin.column}` : 'default',
  ]);
  return columns(['KEY', 'VALUE', 'ORIGIN'], rows);
}

const printJson = (value: object): void => {
  print('stdout', `${JSON.stringify(value, undefined, 2)}\n`);
};
