import { readFileSync, statSync } from 'node:fs';
import { reasonOf } from '../files.js';
import type { ConfigFile } from './parse-config.js';
import type { Settings } from './settings.js';

export const defaultConfigPath = '/etc/virt2xen/config.toml';

/** The configuration file cannot be used; the message is rendered for terminals. */
export class ConfigError extends Error {
  /** For logs: the first problem with its position. */
  readonly inOneLine: string;

  constructor(message: string, inOneLine: string) {
    super(message);
    this.inOneLine = inOneLine;
  }
}

/** The configuration file of this host; VIRT2XEN_CONFIG names another one. */
export const configPath = (environment: NodeJS.ProcessEnv): string =>
  environment['VIRT2XEN_CONFIG'] ?? defaultConfigPath;

/**
 * Reads a configuration file. The parser is loaded only if the file exists.
 *
 * @returns undefined if there is no file
 * @throws ConfigError if it cannot be read
 */
export async function readConfig(file: string): Promise<ConfigFile | undefined> {
  let source: string;
  try {
    // Most hosts have none: asking first costs less start-up time than an error.
    if (file === defaultConfigPath && !statSync(file, { throwIfNoEntry: false })) return undefined;
    source = readFileSync(file, 'utf8');
  } catch (error) {
    const message = `cannot read ${file}: ${reasonOf(error)}`;
    throw new ConfigError(`virt2xen: ${message}\n`, message);
  }
  const { parseConfig } = await import('./parse-config.js');
  return parseConfig(file, source);
}

/**
 * The settings of this host, without any if there is no file.
 * @throws ConfigError if the file has an error
 */
export async function hostSettings(environment: NodeJS.ProcessEnv): Promise<Settings> {
  const config = await readConfig(configPath(environment));
  if (!config) return {};
  const { problem } = config;
  if (problem) throw new ConfigError(problem.rendered, problem.inOneLine);
  return config.settings;
}
