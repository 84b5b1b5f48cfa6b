import { styleText } from 'node:util';
import { escapeControls } from '../lib/text/controls.js';
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
  readonly qemu: string | undefined;
}

/** `virt2xen doctor`. @returns the exit status: 1 if a finding is an error */
export async function examineHost({ json, runtimeDir, qemu }: DoctorOptions): Promise<number> {
  const facts = await gatherFacts({
    store: socketPath(process.env),
    runtimeDirectory: runtimeDir,
    environment: process.env,
    ...(qemu !== undefined && { qemus: [qemu] }),
  });
  const findings = diagnose(facts);
  if (json) printJson({ findings });
  else print('stdout', findings.map(describe).join(''));
  return findings.some(({ severity }) => severity === 'error') ? exitCodes.document : exitCodes.done;
}

const colours = { ok: 'green', warning: 'yellow', error: 'red' } as const;

/** The option that changes what a check looks at, or that avoids its finding. */
const options: Readonly<Record<string, string>> = {
  qemu: '--qemu PATH',
  'runtime directory': '--runtime-dir DIRECTORY',
  xl: 'convert --xen 4.17',
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
