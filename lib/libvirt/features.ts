import type { Report } from '../diagnostics/diagnostic.js';
import { isLibvirts } from '../document/profile.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { hasViridian, type Features } from '../model/features.js';
import { isArm } from '../model/architecture.js';
import type { Os } from '../model/os.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/**
 * Reads <features>: absent means off, except the APIC of a KVM guest, which QEMU's machines always have. KVM's
 * Hyper-V enlightenments are converted to Xen's. For a PV guest, Xen supports only the memory map and the
 * passthrough mode.
 */
export function readFeatures(domain: XmlElement, os: Os, kvm: boolean, report: Report): Features {
  const features = domain.child('features');
  const xen = readXen(features, os, report);
  if (os.type !== 'hvm') {
    const arm = isArm(os.architecture) ? readArm(features) : undefined;
    if (!arm) reportHardware(features, os.type, report);
    return withOrigin<Features>({ ...arm, ...xen }, features?.tagSpan);
  }
  const hap = has(features, 'hap') ? isOn(features, 'hap') : undefined;
  return withOrigin<Features>(
    omitUndefined({
      acpi: isOn(features, 'acpi'),
      apic: isOn(features, 'apic') || kvm,
      pae: isOn(features, 'pae'),
      hap,
      viridian: readViridian(
        domain,
        isOn(features, 'viridian') || (kvm && readHyperv(features, report)),
        report,
      ),
      generationId: readGenerationId(domain, report) ? true : undefined,
      ...xen,
    }),
    features?.tagSpan,
  );
}

const has = (parent: XmlElement | undefined, name: string): boolean =>
  parent?.children.some((child) => child.name === name) ?? false;

function isOn(parent: XmlElement | undefined, name: string): boolean {
  const feature = parent?.child(name);
  return feature !== undefined && feature.attribute('state') !== 'off';
}

/** @returns whether any of KVM's enlightenments is on; otherwise they all stay unread */
function readHyperv(features: XmlElement | undefined, report: Report): boolean {
  const hyperv = features?.peekChild('hyperv');
  const on = hyperv?.children.filter((child) => child.name !== 'vendor_id' && child.peek('state') === 'on');
  const isWhole = hyperv?.peek('mode') === 'passthrough';
  if (!hyperv || !on || (on.length === 0 && !isWhole)) return false;
  hyperv.markRead();
  if (isWhole) hyperv.attribute('mode');
  for (const child of on) child.markRead().attribute('state');
  report.add('converted', "KVM's enlightenments converted to Xen's", hyperv.tagSpan);
  return true;
}

/**
 * Hyper-V's clock is a counter and a page with the TSC's scale, which Xen has as groups of its own: the first among the
 * default ones, the other not (libxl_types.idl: viridian_enlightenment; xl.cfg(5)).
 */
function readViridian(
  domain: XmlElement,
  isEnabled: boolean,
  report: Report,
): NonNullable<Features['viridian']> {
  const clock = domain
    .peekChild('clock')
    ?.children.find((timer) => timer.name === 'timer' && timer.peek('name') === 'hypervclock');
  if (!clock || clock.peek('present') === 'no') return isEnabled;
  clock.markRead();
  for (const name of ['name', 'present']) clock.attribute(name);
  report.add('converted', "timer 'hypervclock' converted to viridian groups", clock.tagSpan);
  return isEnabled ? ['defaults', 'reference_tsc'] : ['base', 'time_ref_count', 'reference_tsc'];
}

/** xl makes up a new ID at each start, and has no option for a certain one. */
function readGenerationId(domain: XmlElement, report: Report): boolean {
  const genid = domain.child('genid');
  if (!genid) return false;
  const id = genid.text();
  if (id === '') {
    report.add('converted', 'generation ID converted: xl generates one at each start', genid.tagSpan);
  } else {
    const message = `generation ID ${id} omitted: xl generates a new one at each start`;
    report.add(
      'unsupported',
      message,
      genid.tagSpan,
      'a Windows domain controller takes it for a restored snapshot',
    );
  }
  return true;
}

const noHardware = 'a PV guest has no emulated hardware';

/**
 * What a guest has or does not have, whatever its XML says (libxl_create.c, libxl_x86.c): virt-install and Qubes write
 * some of them for every guest.
 */
const hardware: Readonly<Record<'pv' | 'pvh', Readonly<Record<string, string>>>> = {
  pv: { acpi: noHardware, apic: noHardware, pae: noHardware, hap: noHardware, viridian: noHardware },
  pvh: {
    acpi: 'a PVH guest has ACPI by default',
    apic: 'a PVH guest has a local APIC by default',
    pae: 'a PVH guest has PAE by default',
    viridian: 'a PVH guest cannot be Windows, for which the enlightenments are',
  },
};

/** One that is off stays unread where the guest has it by default. */
function reportHardware(features: XmlElement | undefined, kind: 'pv' | 'pvh', report: Report): void {
  for (const feature of features?.children ?? []) {
    const rows = hardware[kind];
    const reason = Object.hasOwn(rows, feature.name) ? rows[feature.name] : undefined;
    if (reason === undefined || (kind === 'pvh' && feature.peek('state') === 'off')) continue;
    features?.markRead();
    feature.markAllRead();
    report.add('implied', `<${feature.name}> omitted: ${reason}`, feature.tagSpan);
  }
}

/** From its source, libxl_conf.c, which reads nothing of <gic>; not tried, for want of an Arm host. */
const gicReason = "libvirt's Xen driver leaves the interrupt controller to Xen";

const gics: Readonly<Record<string, Features['gic']>> = { '2': 'v2', '3': 'v3' };

/** On Arm, ACPI is off unless it is asked for, and the interrupt controller is the host's unless it is named. */
function readArm(features: XmlElement | undefined): Pick<Features, 'acpi' | 'gic'> {
  const gic = features?.peekChild('gic');
  const given = gic?.peek('version') ?? '';
  const version = Object.hasOwn(gics, given) ? gics[given] : undefined;
  if (version) gic?.markRead().attribute('version');
  return omitUndefined({ acpi: isOn(features, 'acpi') ? true : undefined, gic: version });
}

const mapReason = "an HVM guest has a memory map of its own, only a PV guest can have the host's";

function readXen(
  features: XmlElement | undefined,
  os: Os,
  report: Report,
): Pick<Features, 'e820Host' | 'passthrough'> {
  const xen = features?.peekChild('xen');
  const map = xen?.peekChild('e820_host');
  const hasMap = os.type !== 'hvm' && map !== undefined;
  if (os.type === 'hvm' && map) {
    xen?.markRead();
    map.leave(mapReason);
  }
  const e820Host = hasMap && isOn(xen?.markRead(), 'e820_host');
  const passthrough = readPassthrough(xen, report);
  return omitUndefined({ e820Host: e820Host || undefined, passthrough });
}

/** A guest without such devices has it off anyway, and one with them cannot have it off. */
function readPassthrough(xen: XmlElement | undefined, report: Report): Features['passthrough'] {
  if (!xen || !has(xen, 'passthrough')) return undefined;
  const passthrough = xen.markRead().child('passthrough');
  const [state, mode] = [passthrough?.attribute('state'), passthrough?.attribute('mode')];
  const span = passthrough?.attributeSpan(mode === undefined ? 'state' : 'mode');
  if (state !== 'on' && state !== 'off') {
    report.add('value-invalid', "<passthrough> requires state='on' or state='off'", passthrough?.tagSpan);
    return undefined;
  }
  if (mode !== undefined && mode !== 'sync_pt' && mode !== 'share_pt') {
    report.add('value-invalid', `unknown passthrough mode '${mode}'`, span, 'use sync_pt or share_pt');
    return undefined;
  }
  return state === 'off' ? undefined : (mode ?? 'enabled');
}

/** @param forLibvirt whether HAP that is on is omitted, as libvirt's own converter does */
export function writeFeatures(features: Features, forLibvirt: boolean): XmlTree | undefined {
  const { acpi, apic, pae, hap, viridian, gic, e820Host, passthrough } = features;
  const mode = passthrough === 'enabled' ? undefined : passthrough;
  const xen = [
    e820Host ? element('e820_host', { state: 'on' }) : undefined,
    passthrough && element('passthrough', { state: 'on', mode }),
  ].filter((child) => child !== undefined);
  const children = [
    acpi ? element('acpi') : undefined,
    apic ? element('apic') : undefined,
    pae ? element('pae') : undefined,
    hap === false || (hap && !forLibvirt) ? element('hap', { state: hap ? 'on' : 'off' }) : undefined,
    hasViridian(viridian) ? element('viridian') : undefined,
    gic && element('gic', { version: gic.slice(1) }),
    xen.length > 0 ? element('xen', {}, xen) : undefined,
  ].filter((child) => child !== undefined);
  return children.length === 0 ? undefined : element('features', {}, children);
}

export const features: XmlDescriptor<'features'> = {
  field: 'features',
  read: ({ root, os, kvm, report }) => readFeatures(root, os, kvm, report),
  write: ({ features }, { options }) => [writeFeatures(features, isLibvirts(options))],
  check: ({ features }, report) => {
    if (features.gic) report.add('no-effect', `<gic> has no effect: ${gicReason}`, originOf(features, 'gic'));
  },
  unsupported: [['features/gic', 'unsupported', 'xl has the interrupt controllers GICv2 and GICv3 of Arm']],
};
