import type { Features } from '../model/features.js';
import type { Os } from '../model/os.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './syntax/reader.js';

/** HVM: what is absent is on, but for Viridian; PV: the memory map alone. */
export function readFeatures(xl: XlReader, os: Os): Features {
  if (os.type !== 'hvm') {
    const e820Host = xl.boolean('e820_host');
    return e820Host ? { e820Host } : {};
  }
  if (xl.boolean('pae') === false) xl.leave('pae');
  const hap = xl.boolean('hap');
  const viridian = xl.isList('viridian') ? undefined : xl.boolean('viridian');
  return {
    acpi: xl.boolean('acpi') ?? true,
    apic: xl.boolean('apic') ?? true,
    pae: true,
    ...(hap !== undefined && { hap }),
    viridian: viridian ?? false,
  };
}

/** An HVM guest of today is x86-64 and always has PAE; the others are said either way, as libvirt does. */
export function writeFeatures(features: Features, os: Os, out: XlOutput): void {
  if (os.type !== 'hvm') {
    if (features.e820Host) out.set('e820_host', 1);
    return;
  }
  out.set('pae', 1);
  out.set('acpi', features.acpi ?? false);
  out.set('apic', features.apic ?? false);
  if (features.hap === false) out.set('hap', 0);
  out.set('viridian', features.viridian ?? false);
}
