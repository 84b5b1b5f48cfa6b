import type { Report } from '../diagnostics/diagnostic.js';
import { isLibvirts } from '../document/profile.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { parseCpuid, printCpuid } from '../model/cpuid.js';
import type { Cpu } from '../model/cpu.js';
import type { Os } from '../model/os.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const cpu: XlDescriptor<'cpu'> = {
  field: 'cpu',
  keys: { nestedhvm: 'cpu', cpuid: 'cpu/feature' },
  read: ({ xl, field, report, options }) => readCpu(xl, field('os'), report, isLibvirts(options)),
  write: (value, { out, domain }) => writeCpu(value, domain.os, out),
};

/** Reads `nestedhvm`, and `cpuid` in the form that libvirt can express; any other `cpuid` stays unread. */
function readCpu(xl: XlReader, os: Os, report: Report, forLibvirt: boolean): Cpu | undefined {
  const canNest = os.type === 'hvm' || (os.type === 'pvh' && !forLibvirt);
  const nested = canNest ? xl.boolean('nestedhvm') : undefined;
  const cpuid = xl.atomIfSingle('cpuid');
  const told = cpuid && parseCpuid(cpuid.text);
  if (cpuid && !told) xl.leave('cpuid');
  for (const ignored of told?.ignored ?? []) report.add('xl-ignored', `cpuid: ${ignored}`, cpuid?.span);
  for (const repeated of told?.repeated ?? []) {
    report.add('xl-overridden', `cpuid: '${repeated}' is set more than once; xl uses the last`, cpuid?.span);
  }
  const features = told?.features ?? [];
  if (nested === undefined && features.length === 0) return undefined;
  const isNested = nested ?? (os.type === 'hvm' ? false : undefined);
  const cpu: Cpu = omitUndefined({ nested: isNested, features });
  return withOrigin<Cpu>(cpu, cpuid?.span ?? xl.keySpan('nestedhvm'));
}

function writeCpu(cpu: Cpu, os: Os, out: XlOutput): void {
  const nested = cpu.nested ?? (os.type === 'hvm' ? false : undefined);
  if (os.type !== 'pv') out.set('nestedhvm', nested, originOf(cpu));
  out.set('cpuid', printCpuid(cpu.features), originOf(cpu));
}
