import type { Report } from '../diagnostics/diagnostic.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import type { Parameter } from './parameters.js';

const rateUnits: Readonly<Record<string, number>> = { '': 1, K: 1e3, M: 1e6, G: 1e9 };

/** libvirt's converter counts in 1024s, and takes bytes for kilobytes (xenParseSxprVifRate). */
const libvirtsRateUnits: Readonly<Record<string, number>> = { '': 1, K: 1, M: 1024, G: 1024 * 1024 };

/** A rate of whole kilobytes a second; any other stays as xl's own parameter (libxlu_vif.c). */
export function readRate(
  rate: Parameter,
  others: string[],
  report: Report,
  options: FormatOptions,
): number | undefined {
  const match = /^([0-9]{1,10})([GMK]?)([Bb])\/s(?:@[0-9]+(?:ms|us|s)?)?$/.exec(rate.value);
  if (!match) {
    report.add('value-invalid', `'${rate.value}' is not a rate`, rate.span, 'write it as 100KB/s or 10Mb/s');
    return undefined;
  }
  const [, digits = '', unit = '', kind] = match;
  const bytes = (Number(digits) * (rateUnits[unit] ?? 1)) / (kind === 'b' ? 8 : 1);
  if (isLibvirts(options)) {
    const average = Math.floor((Number(digits) * (libvirtsRateUnits[unit] ?? 1)) / (kind === 'b' ? 8 : 1));
    const message = `rate=${rate.value} read as ${average} kB/s, as libvirt does; xl limits the guest to ${bytes / 1000} kB/s`;
    if (rate.value.includes('@') || average * 1000 !== bytes)
      report.add('profile-libvirt', message, rate.span);
    return average;
  }
  if (!rate.value.includes('@') && bytes % 1000 === 0) return bytes / 1000;
  others.push(`rate=${rate.value}`);
  return undefined;
}
