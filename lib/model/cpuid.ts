import { libvirtFeatureName, xlFeatureName } from './cpu-features.js';
import type { CpuFeature, CpuPolicy } from './cpu.js';

const policyOf: Readonly<Record<string, CpuPolicy>> = {
  '1': 'on',
  '0': 'off',
  x: 'default',
  k: 'host',
  // Another name for k (xl.cfg(5)).
  s: 'host',
};

const letterOf: Readonly<Record<CpuPolicy, string>> = { on: '1', off: '0', default: 'x', host: 'k' };

interface Cpuid {
  readonly features: readonly CpuFeature[];
  readonly repeated: readonly string[];
  /** Errors that xl reports and ignores (libxl_cpuid.c). */
  readonly ignored: readonly string[];
}

/**
 * Parses `host,FLAG=VALUE,...` (xl_parse.c: parse_cpuid_libxl).
 *
 * @returns undefined if libvirt cannot express a flag or a value
 */
export function parseCpuid(text: string): Cpuid | undefined {
  const [first, ...flags] = text.split(',').filter((flag) => flag !== '');
  if (first === undefined) return { features: [], repeated: [], ignored: [] };
  if (first !== 'host') return { features: [], repeated: [], ignored: ["its first word must be 'host'"] };
  const features = new Map<string, CpuFeature>();
  const repeated: string[] = [];
  const ignored: string[] = [];
  for (const flag of flags) {
    const equals = flag.indexOf('=');
    if (equals < 0) {
      ignored.push(`'${flag}' has no value`);
      continue;
    }
    const [key, value] = [flag.slice(0, equals), flag.slice(equals + 1)];
    const name = libvirtFeatureName(key);
    const policy = Object.hasOwn(policyOf, value) ? policyOf[value] : undefined;
    if (name === undefined || policy === undefined) return undefined;
    if (features.delete(name)) repeated.push(key);
    features.set(name, { name, policy });
  }
  return { features: [...features.values()], repeated, ignored };
}

/** The features as xl's `cpuid`; undefined if there are none. Features that xl has no name for are omitted. */
export function printCpuid(features: readonly CpuFeature[]): string | undefined {
  const flags = features.flatMap(({ name, policy }) => {
    const flag = xlFeatureName(name);
    return flag === undefined ? [] : [`${flag}=${letterOf[policy]}`];
  });
  return flags.length === 0 ? undefined : ['host', ...flags].join(',');
}
