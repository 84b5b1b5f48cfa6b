import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { Domain } from '../model/domain.js';
import { newestLibvirt, type FormatOptions } from '../document/options.js';
import { commandlineNamespace } from './commandline.js';
import type { XmlBlock } from './descriptor.js';
import { blocks, descriptorOf, descriptors } from './descriptors.js';
import { restoreFragments } from './fragments.js';
import { withImplied, withLibvirtsDisks } from './profile.js';
import { writableFor } from './versions.js';
import { findForbidden } from './xml/characters.js';
import { printXml } from './xml/print.js';
import { element, type XmlTree } from './xml/tree.js';

/** Writes a domain as XML for libvirt's Xen driver, in libvirt's order of elements. */
export function writeDomainXml(domain: Domain, report: Report, options: FormatOptions = {}): string {
  const isPlain = options.profile !== 'libvirt';
  for (const descriptor of descriptors) descriptor.check?.(domain, report);
  const tree = writeTree(isPlain ? domain : withLibvirtsDisks(domain), report, options);
  const shown = isPlain ? tree : withImplied(tree, domain);
  const restored = restoreFragments(shown, domain.preserved.fragments, report);
  const whole = writableFor(options.libvirt ?? newestLibvirt, restored, report, originOf(domain));
  const text = printXml(whole, domain.preserved.fragments.length > 0);
  if (findForbidden(text) >= 0) reportForbidden(whole, domain, report);
  return text;
}

/** All elements in the order of the descriptors, the devices below the one <devices>. */
function writeTree(domain: Domain, report: Report, options: FormatOptions): XmlTree {
  const writing = { report, options, preserved: preservedOf(domain) };
  const write = (some: readonly XmlBlock[]): readonly (XmlTree | undefined)[] =>
    some.flatMap((block) => block.write(domain, writing));
  const isDevice = ({ parent }: XmlBlock): boolean => parent === 'devices';
  const [first, last] = [blocks.findIndex(isDevice), blocks.findLastIndex(isDevice)];
  return element('domain', { type: 'xen', ...commandlineNamespace(domain.deviceModelArguments) }, [
    ...write(blocks.slice(0, first)),
    element('devices', {}, write(blocks.slice(first, last + 1))),
    ...write(blocks.slice(last + 1)),
  ]);
}

/** What the descriptors preserve, the channels first. */
function preservedOf(domain: Domain): readonly XmlTree[] {
  const channels = descriptorOf('channels');
  return [channels, ...descriptors.filter((descriptor) => descriptor !== channels)].flatMap((descriptor) =>
    (descriptor.preserve?.(domain) ?? []).filter((item) => item !== undefined),
  );
}

/** XML has no way at all to write most control characters. */
function reportForbidden(tree: XmlTree, domain: Domain, report: Report): void {
  const values = [tree.text ?? '', ...tree.attributes.map(([, value]) => value)];
  if (values.some((value) => findForbidden(value) >= 0)) {
    report.add(
      'value-invalid',
      `<${tree.name}> would contain a character that XML does not allow`,
      originOf(domain),
    );
  }
  for (const child of tree.children) reportForbidden(child, domain, report);
}
