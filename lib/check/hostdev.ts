import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import { pciAddressText, type Hostdev } from '../model/hostdev.js';

/** A host device can be assigned only once. */
export function checkHostdevs(hostdevs: readonly Hostdev[], report: Report): void {
  const sources = new Set<string>();
  for (const hostdev of hostdevs) {
    const source = sourceOf(hostdev);
    if (sources.has(source)) report.add('value-invalid', `${source} assigned twice`, originOf(hostdev));
    sources.add(source);
  }
}

function sourceOf(hostdev: Hostdev): string {
  if (hostdev.kind === 'usb') return `host USB device ${hostdev.bus}:${hostdev.device}`;
  const { source } = hostdev;
  return `host PCI device ${'name' in source ? source.name : pciAddressText(source)}`;
}
