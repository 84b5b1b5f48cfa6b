import { expect } from 'chai';
import { convert, parseDomainXml, type ConvertOptions } from '../../lib/convert.js';
import type { Domain } from '../../lib/model/domain.js';
import { findings, problems } from '../diagnostics/findings.js';

/** A PV guest's XML with these devices, and elements beside <devices>. */
export const pvXml = (devices = '', beside = ''): string =>
  `<domain type='xen'><name>guest</name><memory unit='MiB'>64</memory>` +
  `<os><type>linux</type><kernel>/boot/vmlinuz</kernel></os>${beside}<devices>${devices}</devices></domain>`;

/** An HVM guest's XML with these devices, and elements beside <devices>. */
export const hvmXml = (devices = '', beside = ''): string =>
  `<domain type='xen'><name>guest</name><memory unit='MiB'>64</memory>` +
  `<os><type>hvm</type></os>${beside}<devices>${devices}</devices></domain>`;

/** A KVM guest's XML with these devices. */
export const kvmXml = (devices = ''): string =>
  `<domain type='kvm'><name>guest</name><memory unit='MiB'>64</memory>` +
  `<os><type>hvm</type></os><devices>${devices}</devices></domain>`;

/** What a domain XML says, and what is found in it but for what only informs. */
export function read(source: string): { readonly domain: Domain; readonly found: readonly string[] } {
  const { domain, diagnostics } = parseDomainXml(source);
  if (!domain) throw new Error(`not read: ${findings(source, diagnostics).join('; ')}`);
  return { domain, found: problems(source, diagnostics) };
}

/** What a domain XML without any problem says. */
export function readClean(source: string): Domain {
  const { domain, found } = read(source);
  expect(found).to.deep.equal([]);
  return domain;
}

/** The elements of that name in the XML that an xl.cfg becomes, each as its lines joined without their indentation. */
export function elementsOf(
  config: string,
  name: string,
  options: ConvertOptions = {},
): { readonly elements: readonly string[]; readonly found: readonly string[] } {
  const { output = '', diagnostics } = convert(config, { from: 'xl', to: 'libvirt', ...options });
  const pattern = new RegExp(`^( *)<${name}\\b(?:[^>]*/>|.*</${name}>|[^]*?\\n\\1</${name}>)`, 'gm');
  return {
    elements: [...output.matchAll(pattern)].map(([text]) => text.replace(/\n? +(?=<)|\n(?=<)/g, '')),
    found: problems(config, diagnostics),
  };
}
