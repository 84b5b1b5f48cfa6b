import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import { hasViridian, type Features } from '../model/features.js';
import type { Os } from '../model/os.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/**
 * Reads <features>: absent is off, but for the APIC of a KVM guest: QEMU's machines have one anyway. KVM's enlightenments for Windows become Xen's own. Of those of a
 * PV guest, Xen knows the memory map and the way of passthrough alone.
 */
export function readFeatures(domain: XmlElement, os: Os, kvm: boolean, report: Report): Features {
  const features = domain.child('features');
  const xen = readXen(features, os, report);
  if (os.type !== 'hvm') return withOrigin<Features>(xen, features?.tagSpan);
  const hap = has(features, 'hap') ? isOn(features, 'hap') : undefined;
  return withOrigin<Features>(
    {
      acpi: isOn(features, 'acpi'),
      apic: isOn(features, 'apic') || kvm,
      pae: isOn(features, 'pae'),
      ...(hap !== undefined && { hap }),
      viridian: isOn(features, 'viridian') || (kvm && readHyperv(features, report)),
      ...xen,
    },
    features?.tagSpan,
  );
}

const has = (parent: XmlElement | undefined, name: string): boolean =>
  parent?.children.some((child) => child.name === name) ?? false;

function isOn(parent: XmlElement | undefined, name: string): boolean {
  const feature = parent?.child(name);
  return feature !== undefined && feature.attribute('state') !== 'off';
}

/** @returns whether any of KVM's enlightenments is on; all that is said of them stays unread otherwise */
function readHyperv(features: XmlElement | undefined, report: Report): boolean {
  const hyperv = features?.children.find(({ name }) => name === 'hyperv');
  const on = hyperv?.children.filter((child) => child.name !== 'vendor_id' && child.peek('state') === 'on');
  const isWhole = hyperv?.peek('mode') === 'passthrough';
  if (!hyperv || !on || (on.length === 0 && !isWhole)) return false;
  hyperv.markRead();
  if (isWhole) hyperv.attribute('mode');
  for (const child of on) child.markRead().attribute('state');
  report.add('converted', "KVM's enlightenments converted to Xen's", hyperv.tagSpan);
  return true;
}

function readXen(
  features: XmlElement | undefined,
  os: Os,
  report: Report,
): Pick<Features, 'e820Host' | 'passthrough'> {
  const xen = features?.children.find((child) => child.name === 'xen');
  const hasMap = os.type !== 'hvm' && has(xen, 'e820_host');
  const e820Host = hasMap && isOn(xen?.markRead(), 'e820_host');
  const passthrough = readPassthrough(xen, report);
  return { ...(e820Host && { e820Host }), ...(passthrough && { passthrough }) };
}

/** Off is what a guest without such devices has anyway, and one with them cannot have. */
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

export function writeFeatures(features: Features): XmlTree | undefined {
  const { acpi, apic, pae, hap, viridian, e820Host, passthrough } = features;
  const mode = passthrough === 'enabled' ? undefined : passthrough;
  const xen = [
    e820Host ? element('e820_host', { state: 'on' }) : undefined,
    passthrough && element('passthrough', { state: 'on', mode }),
  ].filter((child) => child !== undefined);
  const children = [
    acpi ? element('acpi') : undefined,
    apic ? element('apic') : undefined,
    pae ? element('pae') : undefined,
    hap === false ? element('hap', { state: 'off' }) : undefined,
    hasViridian(viridian) ? element('viridian') : undefined,
    xen.length > 0 ? element('xen', {}, xen) : undefined,
  ].filter((child) => child !== undefined);
  return children.length === 0 ? undefined : element('features', {}, children);
}

export const features: XmlDescriptor<'features'> = {
  field: 'features',
  read: ({ root, os, kvm, report }) => readFeatures(root, os, kvm, report),
  write: ({ features }) => [writeFeatures(features)],
};
