import type { Report } from '../diagnostics/diagnostic.js';
import type { XmlElement } from './xml/element.js';

/*
 * What repeated elements below <domain> mean: libvirt reads most of them by paths such as `./features/*`, which all
 * of them match (domain_conf.c: virDomainDefParseXML; seen with libvirt 9.0 and 11.3, test/real/repeated.test.ts).
 */

/** Elements that libvirt reads as one: all children, and of each attribute or single child the first. */
const merged: readonly string[] = [
  'os',
  'features',
  'cputune',
  'clock',
  'pm',
  'memoryBacking',
  'memtune',
  'blkiotune',
  'numatune',
  'resource',
  'idmap',
];

/** Elements of which libvirt reads the first. */
const single: readonly string[] = [
  'name',
  'uuid',
  'genid',
  'title',
  'description',
  'memory',
  'maxMemory',
  'currentMemory',
  'vcpu',
  'iothreads',
  'cpu',
  'bootloader',
  'bootloader_args',
  'on_poweroff',
  'on_reboot',
  'on_crash',
];

/**
 * Makes one of repeated elements, as libvirt does: what it merges becomes part of the first, what it does not read is
 * left unread with that reason. For every reader of domain XML, before it reads.
 * @returns the elements that libvirt does not read
 */
export function mergeRepeated(root: XmlElement, report: Report): readonly XmlElement[] {
  const first = new Map<string, XmlElement>();
  const ignored: XmlElement[] = [];
  for (const element of root.children) {
    const { name } = element;
    const isMerged = merged.includes(name);
    if (!isMerged && !single.includes(name)) continue;
    const earlier = first.get(name);
    if (!earlier) first.set(name, element);
    else if (name === 'numatune')
      report.add('value-invalid', 'libvirt rejects a second <numatune>', element.tagSpan);
    else if (isMerged) {
      earlier.absorb(element);
      report.add('converted', `second <${name}> merged into the first, as libvirt does`, element.tagSpan);
    } else if (!(name === 'cpu' && absorbNuma(earlier, element, report))) {
      element.leave(`libvirt reads the first <${name}> only`);
      ignored.push(element);
    }
  }
  return ignored;
}

/** The cells of a guest are those of any <cpu>. @returns whether nothing is left of the element then */
function absorbNuma(first: XmlElement, cpu: XmlElement, report: Report): boolean {
  const hasCells = first.children.some(({ name }) => name === 'numa');
  if (hasCells || !cpu.children.some(({ name }) => name === 'numa')) return false;
  first.absorb(cpu, 'numa');
  report.add('converted', '<numa> of the second <cpu> merged into the first, as libvirt does', cpu.tagSpan);
  if (cpu.children.length > 0 || cpu.attributes.length > 0) return false;
  cpu.markAllRead();
  return true;
}
