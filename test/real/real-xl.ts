/**
 * Debian's xl, which reads configs on a machine without Xen: xl-without-xen.c answers its requests to the hypervisor
 * at start.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isRecord, type JsonObject } from './json.js';
import { missing } from '../requirements.js';

/** libxl_domain_config as printed by libxl, without defaults. */
export type LibxlConfig = JsonObject;

export type XlVerdict =
  | { readonly ok: true; readonly config: LibxlConfig; readonly warnings: string }
  /** `message` is the standard error of xl; `crashed`: it crashed or hung. */
  | { readonly ok: false; readonly message: string; readonly crashed: boolean };

export interface RealXl {
  readonly program: string;
  /** The library that allows it to run without Xen. */
  readonly environment: Readonly<Record<string, string>>;
  /** The result of xl for a config. */
  readonly read: (text: string) => XlVerdict;
}

/** xl takes about 10 ms; for a very large number of vcpus it does not terminate. */
const timeoutMs = 3000;

/** The packages of Debian 12 that the suite needs. */
const packages = 'xen-utils-4.17, libxen-dev, gcc';
const source = fileURLToPath(new URL('xl-without-xen.c', import.meta.url));

let found: RealXl | undefined;
let searched = false;

/**
 * Finds xl and builds the library, once per process.
 *
 * @returns undefined if a tool is missing, which has been reported
 * @throws if a tool is missing and V2X_REQUIRE_REAL=1
 */
export function findXl(): RealXl | undefined {
  if (searched) return found;
  searched = true;
  const program = xlProgram();
  if (program === undefined) missing('xl', packages, 'there is no /usr/lib/xen-*/bin/xl');
  else {
    const preload = build(temporaryFolder());
    if (preload !== undefined) found = xlRunBy([program], { LD_PRELOAD: preload, LC_ALL: 'C' });
  }
  return found;
}

/** An xl by its command line, whose last word is its path. */
export function xlRunBy(command: readonly string[], environment: RealXl['environment']): RealXl {
  const folder = temporaryFolder();
  return {
    program: command.at(-1) ?? '',
    environment,
    read: (text) => read(text, command, environment, folder),
  };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'virt2xen-real-xl-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** The newest one, if there are several. */
function xlProgram(): string | undefined {
  if (!existsSync('/usr/lib')) return undefined;
  const releases = readdirSync('/usr/lib').filter((name) => /^xen-[0-9]/.test(name));
  return releases
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }))
    .map((release) => `/usr/lib/${release}/bin/xl`)
    .find((path) => existsSync(path));
}

function build(folder: string): string | undefined {
  const library = join(folder, 'xl-without-xen.so');
  try {
    execFileSync('gcc', ['-Wall', '-shared', '-fPIC', '-o', library, source], { stdio: 'pipe' });
    return library;
  } catch (error) {
    missing('xl', packages, `xl-without-xen.c cannot be built: ${String(error)}`);
    return undefined;
  }
}

function read(
  text: string,
  [program = '', ...words]: readonly string[],
  env: RealXl['environment'],
  folder: string,
): XlVerdict {
  // xl reads regular files only.
  const file = join(folder, 'domain.cfg');
  // `type=hostdev` is the default of a USB device, but xl prints its numbers only if it is specified.
  writeFileSync(file, text.replaceAll(/(["'])hostbus=/g, '$1type=hostdev,hostbus='));
  const { stdout, stderr, status, signal, error } = spawnSync(program, [...words, '-N', 'create', file], {
    env: { PATH: process.env['PATH'], ...env },
    encoding: 'utf8',
    timeout: timeoutMs,
  });
  if (error && signal === null) throw error;
  if (signal !== null) return { ok: false, message: `xl ended by ${signal}`, crashed: true };
  if (status !== 0) return { ok: false, message: withoutGreeting(stderr), crashed: false };
  const config: unknown = JSON.parse(stdout);
  if (!isRecord(config)) throw new Error(`xl printed no object: ${stdout}`);
  return { ok: true, config, warnings: withoutGreeting(stderr) };
}

const withoutGreeting = (stderr: string): string => stderr.replace(/^Parsing config from .*\n/, '').trim();
