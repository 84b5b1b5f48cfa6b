import { styleText } from 'node:util';
import { escapeControls } from '../lib/diagnostics/render.js';
import { diagnose } from '../lib/realize/doctor/diagnose.js';
import type { Verdict } from '../lib/realize/doctor/verdict.js';
import { gatherFacts } from '../lib/realize/host/facts.js';
import { socketPath } from '../lib/realize/xenstore/socket.js';
import type { DoctorArguments } from './commands/doctor.js';
import { exitCodes } from './exit-codes.js';
import { printJson } from './guarded.js';
import { print, terminal } from './terminal.js';

/** `virt2xen doctor`. @returns the exit status: 1 if channels cannot work so */
export async function examineHost({ json, runtimeDir, qemu }: DoctorArguments): Promise<number> {
  const facts = await gatherFacts({
    store: socketPath(process.env),
    runtimeDirectory: runtimeDir,
    environment: process.env,
    ...(qemu !== undefined && { qemus: [qemu] }),
  });
  const verdicts = diagnose(facts);
  if (json) printJson({ verdicts });
  else print('stdout', verdicts.map(describe).join(''));
  return verdicts.some(({ severity }) => severity === 'error') ? exitCodes.document : exitCodes.done;
}

const colours = { ok: 'green', warning: 'yellow', error: 'red' } as const;

function describe({ check, severity, finding, mend }: Verdict): string {
  const hasColors = terminal('stdout')?.hasColors() ?? false;
  const word = severity.padEnd('warning'.length);
  const [first = '', ...more] = finding.split('\n').map(escapeControls);
  return [
    `${hasColors ? styleText(colours[severity], word) : word}  ${check}: ${first}`,
    ...more.map((line) => `           ${line}`),
    ...(mend === undefined ? [] : [`         mend: ${escapeControls(mend)}`]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}
