import type { Report } from '../diagnostics/diagnostic.js';
import { isLibvirts } from '../document/profile.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { isViridianGroup, type Features } from '../model/features.js';
import { isArm } from '../model/architecture.js';
import type { Os } from '../model/os.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const features: XlDescriptor<'features'> = {
  field: 'features',
  keys: {
    pae: 'features/pae',
    acpi: 'features/acpi',
    apic: 'features/apic',
    hap: 'features/hap',
    viridian: 'features/viridian',
    ms_vm_genid: 'genid',
    gic_version: 'features/gic/@version',
    e820_host: 'features/xen/e820_host',
    passthrough: 'features/xen/passthrough',
  },
  placeholders: { pae: 1, viridian: 0 },
  read: ({ xl, field, report, options }) => readFeatures(xl, field('os'), report, isLibvirts(options)),
  write: (value, { out, domain, options }) => writeFeatures(value, domain.os, out, isLibvirts(options)),
};

/** HVM: absent means on, except Viridian; PV: only the memory map. */
function readFeatures(xl: XlReader, os: Os, report: Report, forLibvirt: boolean): Features {
  const passthrough = readPassthrough(xl, report);
  if (os.type !== 'hvm') {
    const e820Host = xl.boolean('e820_host');
    const arm = isArm(os.architecture) && !forLibvirt ? readArm(xl) : undefined;
    // `acpi = 0` stays unread: it has no effect (options/platform.ts), and is the same on the way back.
    if (os.type === 'pvh' && !arm && xl.boolean('acpi') === false) xl.leave('acpi');
    const found: Features = omitUndefined({ ...arm, e820Host: e820Host || undefined, ...passthrough });
    return found.gic ? withOrigin(found, undefined, { gic: xl.keySpan('gic_version') }) : found;
  }
  if (xl.boolean('pae') === false) xl.leave('pae');
  const hap = xl.boolean('hap');
  return withOrigin<Features>(
    omitUndefined({
      acpi: xl.boolean('acpi') ?? true,
      apic: xl.boolean('apic') ?? true,
      pae: true,
      hap,
      viridian: readViridian(xl, report),
      generationId: !forLibvirt && readGenerationId(xl) ? true : undefined,
      ...passthrough,
    }),
    xl.keySpan('viridian'),
    { generationId: xl.keySpan('ms_vm_genid') },
  );
}

/** `none` is what a guest has without the setting; what xl rejects stays unread. */
function readGenerationId(xl: XlReader): boolean {
  const value = xl.string('ms_vm_genid')?.value;
  if (value !== undefined && value !== 'generate' && value !== 'none') xl.leave('ms_vm_genid');
  return value === 'generate';
}

const gics = ['v2', 'v3'] as const;

/** What only Arm's guests have, or have only if they ask for it. `default` stays unread: it tells the architecture on the way back. */
function readArm(xl: XlReader): Pick<Features, 'acpi' | 'gic'> {
  const [acpi, name] = [xl.boolean('acpi'), xl.string('gic_version')?.value.toLowerCase()];
  const gic = gics.find((known) => known === name);
  if (!gic) xl.leave('gic_version');
  return omitUndefined({ acpi: acpi || undefined, gic });
}

/** A boolean, or a list of groups, of which `[ "defaults" ]` and none at all are the two booleans. */
function readViridian(xl: XlReader, report: Report): NonNullable<Features['viridian']> {
  if (!xl.isList('viridian')) return xl.boolean('viridian') ?? false;
  const groups = new Set<string>();
  for (const { text, span } of xl.list('viridian') ?? []) {
    if (isViridianGroup(text)) groups.add(text);
    else report.add('value-invalid', `viridian: unknown group '${text}'`, span);
  }
  return groups.size === 0 ? false : [...groups];
}

const passthroughs = ['enabled', 'sync_pt', 'share_pt'] as const;

/** A guest without such devices has `disabled` anyway, and one with them cannot have it. */
function readPassthrough(xl: XlReader, report: Report): Pick<Features, 'passthrough'> {
  const found = xl.string('passthrough');
  if (!found || found.value === 'disabled' || found.value === 'default') return {};
  const passthrough = passthroughs.find((known) => known === found.value);
  if (passthrough) return { passthrough };
  const hint = `use disabled, ${passthroughs.join(', ')}`;
  report.add('value-invalid', `unknown passthrough mode '${found.value}'`, found.span, hint);
  return {};
}

/**
 * An HVM guest of today is x86-64 and always has PAE; the others are said either way, as libvirt does. It does not
 * write that HAP is on: xl's default, but where the host has none; what the document requires is rejected there.
 */
function writeFeatures(features: Features, os: Os, out: XlOutput, forLibvirt: boolean): void {
  out.set('passthrough', features.passthrough);
  if (os.type !== 'hvm') {
    if (features.e820Host) out.set('e820_host', 1);
    if (features.acpi) out.set('acpi', 1);
    out.set('gic_version', features.gic);
    return;
  }
  out.set('pae', 1);
  out.set('acpi', features.acpi ?? false);
  out.set('apic', features.apic ?? false);
  if (!forLibvirt || features.hap === false) out.set('hap', features.hap);
  out.set('viridian', features.viridian ?? false, originOf(features));
  if (features.generationId) out.set('ms_vm_genid', 'generate');
}
