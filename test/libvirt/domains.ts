import { expect } from 'chai';
import { convert, parseDomainXml, type ConvertOptions } from '../../lib/convert.js';
import type { Domain } from '../../lib/model/domain.js';
import { findings, problems } from '../diagnostics/findings.js';

/** The XML of a PV guest with these devices, and these elements besides <devices>. */
export const pvXml = (devices = '', beside = ''): string =>
  `<domain type='xen'><name>guest</name><memory unit='MiB'>64</memory>` +
  `<os><type>linux</type><kernel>/boot/vmlinuz</kernel></os>${beside}<devices>${devices}</devices></domain>`;

/** The XML of an HVM guest with these devices, and these elements besides <devices>. */
export const hvmXml = (devices = '', beside = ''): string =>
  `<domain type='xen'><name>guest</name><memory unit='MiB'>64</memory>` +
  `<os><type>hvm</type></os>${beside}<devices>${devices}</devices></domain>`;

/** The XML of a KVM guest with these devices. */
export const kvmXml = (devices = ''): string =>
  `<domain type='kvm'><name>guest</name><memory unit='MiB'>64</memory>` +
  `<os><type>hvm</type></os><devices>${devices}</devices></domain>`;

/** The domain of a domain XML, and its errors and warnings. */
export function read(source: string): { readonly domain: Domain; readonly found: readonly string[] } {
  const { domain, diagnostics } = parseDomainXml(source);
  if (!domain) throw new Error(`not read: ${findings(source, diagnostics).join('; ')}`);
  return { domain, found: problems(source, diagnostics) };
}

/** The domain of a domain XML, which must have no errors or warnings. */
export function readClean(source: string): Domain {
  const { domain, found } = read(source);
  expect(found).to.deep.equal([]);
  return domain;
}

/** The elements of that name in the XML converted from an xl.cfg, each on one line without indentation. */
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
