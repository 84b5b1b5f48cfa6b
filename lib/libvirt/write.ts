import type { Report } from '../diagnostics/diagnostic.js';
import { isLibvirts } from '../document/profile.js';
import { originOf } from '../diagnostics/origin.js';
import type { Domain } from '../model/domain.js';
import { newestLibvirt, type FormatOptions } from '../document/options.js';
import { commandlineNamespace } from './commandline.js';
import type { XmlBlock } from './descriptor.js';
import { blocks, descriptors } from './descriptors.js';
import { restoreFragments } from './fragments.js';
import { withImplied, withLibvirtsDisks } from './profile.js';
import { writableFor } from './versions.js';
import { printXml } from './xml/print.js';
import { element, type XmlTree } from './xml/tree.js';

/** Writes a domain as XML for libvirt's Xen driver, in libvirt's order of elements. */
export function writeDomainXml(domain: Domain, report: Report, options: FormatOptions = {}): string {
  const isPlain = !isLibvirts(options);
  for (const descriptor of descriptors) descriptor.check?.(domain, report);
  const tree = writeTree(isPlain ? domain : withLibvirtsDisks(domain), report, options);
  const shown = isPlain ? tree : withImplied(tree, domain);
  const restored = restoreFragments(shown, domain.preserved.fragments, report);
  const whole = writableFor(options.libvirt ?? newestLibvirt, restored, report, originOf(domain));
  return printXml(whole, domain.preserved.fragments.length > 0, ({ name }) => {
    // XML cannot express most control characters.
    const message = `<${name}> would contain a character that XML does not allow`;
    report.add('value-invalid', message, originOf(domain));
  });
}

const isDevice = ({ parent }: XmlBlock): boolean => parent === 'devices';
const [firstDevice, lastDevice] = [blocks.findIndex(isDevice), blocks.findLastIndex(isDevice)];
const beforeDevices = blocks.slice(0, firstDevice);
const devices = blocks.slice(firstDevice, lastDevice + 1);
const afterDevices = blocks.slice(lastDevice + 1);

/** All elements in the order of the descriptors, the devices below the one <devices>. */
function writeTree(domain: Domain, report: Report, options: FormatOptions): XmlTree {
  const writing = { report, options, preserved: preservedOf(domain) };
  const write = (some: readonly XmlBlock[]): readonly (XmlTree | undefined)[] => {
    const trees: (XmlTree | undefined)[] = [];
    for (const block of some) for (const tree of block.write(domain, writing)) trees.push(tree);
    return trees;
  };
  return element('domain', { type: 'xen', ...commandlineNamespace(domain.deviceModelArguments) }, [
    ...write(beforeDevices),
    element('devices', {}, write(devices)),
    ...write(afterDevices),
  ]);
}

/** Those that preserve something, the channels first. */
const preserving = descriptors
  .filter((descriptor) => descriptor.preserve !== undefined)
  .toSorted((a, b) => Number(b.field === 'channels') - Number(a.field === 'channels'));

/** What the descriptors preserve. */
function preservedOf(domain: Domain): readonly XmlTree[] {
  const trees: XmlTree[] = [];
  for (const descriptor of preserving) {
    for (const tree of descriptor.preserve?.(domain) ?? []) if (tree) trees.push(tree);
  }
  return trees;
}
