import type { Features } from '../model/features.js';
import type { Os } from '../model/os.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** Reads <features>: absent is off. Of those of a PV guest, Xen knows the memory map alone. */
export function readFeatures(domain: XmlElement, os: Os): Features {
  const features = domain.child('features');
  const isOn = (parent: XmlElement | undefined, name: string): boolean => {
    const feature = parent?.child(name);
    return feature !== undefined && feature.attribute('state') !== 'off';
  };
  if (os.type === 'hvm') {
    const hap = features?.children.some((child) => child.name === 'hap') ? isOn(features, 'hap') : undefined;
    return {
      acpi: isOn(features, 'acpi'),
      apic: isOn(features, 'apic'),
      pae: isOn(features, 'pae'),
      ...(hap !== undefined && { hap }),
      viridian: isOn(features, 'viridian'),
    };
  }
  const xen = features?.children.find((child) => child.name === 'xen');
  const e820Host = xen?.children.some((child) => child.name === 'e820_host')
    ? isOn(xen.markRead(), 'e820_host')
    : false;
  return e820Host ? { e820Host } : {};
}

export function writeFeatures(features: Features): XmlTree | undefined {
  const { acpi, apic, pae, hap, viridian, e820Host } = features;
  const children = [
    acpi ? element('acpi') : undefined,
    apic ? element('apic') : undefined,
    pae ? element('pae') : undefined,
    hap === false ? element('hap', { state: 'off' }) : undefined,
    viridian ? element('viridian') : undefined,
    e820Host ? element('xen', {}, [element('e820_host', { state: 'on' })]) : undefined,
  ].filter((child) => child !== undefined);
  return children.length === 0 ? undefined : element('features', {}, children);
}
