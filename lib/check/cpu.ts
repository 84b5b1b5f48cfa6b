import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import { xlFeatureName } from '../model/cpu-features.js';
import type { Cpu } from '../model/cpu.js';

export function checkCpu(cpu: Cpu | undefined, report: Report): void {
  const names = new Set<string>();
  for (const { name } of cpu?.features ?? []) {
    if (xlFeatureName(name) === undefined)
      report.add('value-invalid', `CPU feature '${name}': xl's cpuid cannot change it`, originOf(cpu));
    if (names.has(name)) report.add('value-invalid', `CPU feature '${name}' specified twice`, originOf(cpu));
    names.add(name);
  }
}
