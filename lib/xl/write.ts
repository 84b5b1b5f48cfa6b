import type { Report } from '../diagnostics/diagnostic.js';
import type { Domain } from '../model/domain.js';
import { newestXen, type FormatOptions } from '../document/options.js';
import type { Writing, XlDescriptor } from './descriptor.js';
import { descriptors, settingRules } from './descriptors.js';
import { XlOutput } from './output.js';
import { leaveOutNewer } from './versions.js';

/**
 * Writes a domain as an xl.cfg, in the order of the descriptors. What cannot be written is reported.
 * @param source the hypervisor that the domain was for before it was converted to Xen
 */
export function writeXlConfig(
  domain: Domain,
  report: Report,
  options: FormatOptions = {},
  source = domain.hypervisor,
): string {
  const out = new XlOutput(report);
  const writing: Writing = { out, report, options, domain, source, rules: settingRules };
  for (const descriptor of descriptors) writeField(descriptor, writing);
  leaveOutNewer(out, options.xen ?? newestXen, report);
  return out.print((keys) => timersInOrder(domain, settingRules.inOutputOrder(keys)));
}

/** The timers are in the order of the document, as libvirt writes them. */
function timersInOrder({ clock }: Domain, keys: readonly string[]): readonly string[] {
  const [tsc, hpet] = [keys.indexOf('tsc_mode'), keys.indexOf('hpet')];
  return clock.hpetFirst && tsc >= 0 && hpet > tsc ? keys.with(tsc, 'hpet').with(hpet, 'tsc_mode') : keys;
}

function writeField<Field extends keyof Domain>(descriptor: XlDescriptor<Field>, writing: Writing): void {
  const value = writing.domain[descriptor.field];
  if (value !== undefined) descriptor.write(value, writing);
}
