import { styleText } from 'node:util';
import { escapeControls } from '../lib/text/controls.js';
import type { HostFacts } from '../lib/realize/doctor/facts.js';
import { diagnoseManager } from '../lib/realize/doctor/manager.js';
import type { CheckedManager } from '../lib/realize/doctor/manager-facts.js';
import { gatherManagerFacts } from '../lib/realize/host/manager-facts.js';
import { ConfigError, configPath, readConfig } from './config/file.js';
import { diagnose } from '../lib/realize/doctor/diagnose.js';
import type { Finding } from '../lib/realize/doctor/finding.js';
import { gatherFacts } from '../lib/realize/host/facts.js';
import { socketPath } from '../lib/realize/xenstore/socket.js';
import { exitCodes } from './exit-codes.js';
import { printJson } from './guarded.js';
import { print, terminal } from './terminal.js';

export interface DoctorOptions {
  readonly json: boolean;
  readonly runtimeDir: string;
  readonly qmpDir: string;
  readonly qemu: string | undefined;
  readonly manager?: CheckedManager | undefined;
}

/** `virt2xen doctor`. @returns the exit status: 1 if a finding is an error */
export async function examineHost({
  json,
  runtimeDir,
  qmpDir,
  qemu,
  manager,
}: DoctorOptions): Promise<number> {
  const facts = await gatherFacts({
    store: socketPath(process.env),
    runtimeDirectory: runtimeDir,
    qmpDirectory: qmpDir,
    environment: process.env,
    ...(qemu !== undefined && { qemus: [qemu] }),
  });
  const { finding, libvirt } = await examineConfig();
  const found = [...diagnose(facts), ...finding];
  const findings =
    manager === undefined ? found : [...found, ...(await examineManager(manager, facts, libvirt))];
  if (json) printJson({ findings });
  else print('stdout', findings.map(describe).join(''));
  return findings.some(({ severity }) => severity === 'error') ? exitCodes.document : exitCodes.done;
}

/** The configuration file, if there is one. */
async function examineConfig(): Promise<{
  readonly finding: readonly Finding[];
  readonly libvirt?: string | undefined;
}> {
  const check = 'configuration';
  const path = configPath(process.env);
  try {
    const config = await readConfig(path);
    if (!config) return { finding: [] };
    const { problem, settings } = config;
    if (!problem) return { finding: [{ check, severity: 'ok', message: path }], libvirt: settings.libvirt };
    const fix = 'correct it; virt2xen config prints all errors';
    return { finding: [{ check, severity: 'error', message: problem.inOneLine, fix }] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const fix = 'make it readable, or remove it';
    return { finding: [{ check, severity: 'error', message: error.inOneLine, fix }] };
  }
}

async function examineManager(
  manager: CheckedManager,
  { qemu }: HostFacts,
  configuredLibvirt: string | undefined,
): Promise<readonly Finding[]> {
  const places = { configuredLibvirt, ...('path' in qemu && { qemu: qemu.path }) };
  return diagnoseManager(await gatherManagerFacts(manager, places));
}

const colours = { ok: 'green', warning: 'yellow', error: 'red' } as const;

/** The option that changes what a check looks at, or that avoids its finding. */
const options: Readonly<Record<string, string>> = {
  qemu: '--qemu PATH',
  'runtime directory': '--runtime-dir DIRECTORY',
  xl: 'convert --xen 4.17',
  saving: 'detach --unsaved-ports',
};

function describe({ check, severity, message, fix }: Finding): string {
  const hasColors = terminal('stdout')?.hasColors() ?? false;
  const word = severity.padEnd('warning'.length);
  const option = options[check];
  const hint = option === undefined ? '' : ` (option: ${option})`;
  const [first = '', ...more] = message.split('\n').map(escapeControls);
  return [
    `${hasColors ? styleText(colours[severity], word) : word}  ${check}: ${first}`,
    ...more.map((line) => `           ${line}`),
    ...(fix === undefined ? [] : [`          fix: ${escapeControls(fix)}${hint}`]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
