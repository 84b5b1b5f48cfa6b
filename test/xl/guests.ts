import { expect } from 'chai';
import { convert, parseXlConfig, type ConvertOptions } from '../../lib/convert.js';
import type { Domain } from '../../lib/model/domain.js';
import { findings, problems } from '../diagnostics/findings.js';

/** The xl.cfg of a PV guest with these additional lines. */
export const pvConfig = (...lines: readonly string[]): string =>
  ['name = "guest"', 'memory = 64', 'kernel = "/boot/vmlinuz"', ...lines, ''].join('\n');

/** The xl.cfg of an HVM guest with these additional lines. */
export const hvmConfig = (...lines: readonly string[]): string =>
  ['name = "guest"', 'memory = 64', 'type = "hvm"', ...lines, ''].join('\n');

/** The domain of an xl.cfg, and its errors and warnings. */
export function read(source: string): { readonly domain: Domain; readonly found: readonly string[] } {
  const { domain, diagnostics } = parseXlConfig(source);
  if (!domain) throw new Error(`not read: ${findings(source, diagnostics).join('; ')}`);
  return { domain, found: problems(source, diagnostics) };
}

/** The domain of an xl.cfg, which must have no errors or warnings. */
export function readClean(source: string): Domain {
  const { domain, found } = read(source);
  expect(found).to.deep.equal([]);
  return domain;
}

/** The settings of the xl.cfg converted from a domain XML, by key. */
export function settingsOf(
  xml: string,
  options: ConvertOptions = {},
): {
  readonly settings: Readonly<Record<string, string>>;
  readonly keys: readonly string[];
  readonly found: readonly string[];
} {
  const { output, diagnostics } = convert(xml, { from: 'libvirt', to: 'xl', ...options });
  const lines = (output ?? '').split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const entries = lines.map((line): [string, string] => {
    const equals = line.indexOf(' = ');
    return [line.slice(0, equals), line.slice(equals + 3)];
  });
  return {
    settings: Object.fromEntries(entries),
    keys: entries.map(([key]) => key),
    found: problems(xml, diagnostics),
  };
}
