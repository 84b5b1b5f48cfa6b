import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf, withOrigin } from '../diagnostics/origin.js';
import type { CpuFeature } from '../model/cpu.js';
import type { Domain } from '../model/domain.js';
import { lifecycleActions, withoutCoreDump } from '../model/lifecycle.js';
import { hasViridian, isViridianGroup } from '../model/features.js';
import { preservedHint, type PreservedSetting } from '../model/preserved.js';
import { parseCpuid, printCpuid } from '../model/cpuid.js';

/**
 * Platform settings that libvirt can only approximate: the XML has the nearest value, and a preserved setting the
 * exact one, as long as both are consistent.
 */
export function preservePlatform(domain: Domain, report: Report): readonly PreservedSetting[] {
  const { cpu, features, lifecycle, os } = domain;
  const settings: PreservedSetting[] = [];
  const cpuid = printCpuid(cpu?.features ?? []);
  if (cpuid !== undefined && cpu?.features.some(({ policy }) => policy === 'host')) {
    const message = "libvirt cannot express a CPU feature as on the host: converted to 'optional'";
    report.add('not-implemented', message, originOf(cpu), preservedHint);
    settings.push({ key: 'cpuid', value: cpuid });
  }
  if (os.type === 'hvm' && typeof features.viridian === 'object') {
    const message = "libvirt's Xen driver supports Xen's default enlightenments or none, not these groups";
    report.add('not-implemented', message, originOf(features), preservedHint);
    settings.push({ key: 'viridian', value: features.viridian });
  }
  for (const event of ['poweroff', 'reboot'] as const) {
    const [action, nearest] = [lifecycle[event], withoutCoreDump(lifecycle[event])];
    if (action === nearest) continue;
    const message = `libvirt supports a core dump after a crash only: on_${event} converted to '${nearest}'`;
    report.add('not-implemented', message, originOf(lifecycle), preservedHint);
    settings.push({ key: `on_${event}`, value: action });
  }
  return settings;
}

/** Restores the exact value instead of the nearest one; undefined if they are not consistent. */
export function liftPlatform(domain: Domain, { key, value }: PreservedSetting): Domain | undefined {
  const { cpu, features, lifecycle, os } = domain;
  if (key === 'on_poweroff' || key === 'on_reboot') {
    const event = key === 'on_poweroff' ? 'poweroff' : 'reboot';
    const action = lifecycleActions.find((known) => known === value);
    if (!action || withoutCoreDump(action) !== lifecycle[event]) return undefined;
    return { ...domain, lifecycle: derive(lifecycle, { [event]: action }) };
  }
  if (key === 'cpuid' && typeof value === 'string') {
    const exact = parseCpuid(value)?.features;
    if (!cpu || !exact || nearestOf(exact) !== nearestOf(cpu.features)) return undefined;
    return { ...domain, cpu: withOrigin({ ...cpu, features: exact }, originOf(cpu)) };
  }
  if (key === 'viridian' && typeof value === 'object') {
    const groups = value.filter((group) => typeof group === 'string');
    if (os.type !== 'hvm' || groups.length < value.length || !groups.every(isViridianGroup)) return undefined;
    if (hasViridian(groups) !== features.viridian) return undefined;
    return { ...domain, features: withOrigin({ ...features, viridian: groups }, originOf(features)) };
  }
  return undefined;
}

/** The features as libvirt can express them, as a text for comparison. */
const nearestOf = (features: readonly CpuFeature[]): string =>
  features.map(({ name, policy }) => `${name}=${policy === 'host' ? 'default' : policy}`).join(',');
