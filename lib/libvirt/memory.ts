import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Memory } from '../model/memory.js';
import type { NumaNode } from '../model/numa.js';
import { parseSize } from './size.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { textElement, type XmlTree } from './xml/tree.js';

/** Reads <memory> and <currentMemory>. NUMA cells determine the amount of memory, as in libvirt. */
export function readMemory(
  domain: XmlElement,
  numa: readonly NumaNode[],
  report: Report,
): Memory | undefined {
  const memory = domain.child('memory');
  const current = domain.child('currentMemory');
  const inCells = numa.reduce((sum, { memoryKiB }) => sum + memoryKiB, 0);
  if (!memory && inCells === 0) {
    report.add('value-missing', 'the domain has no <memory>', domain.tagSpan);
    return undefined;
  }
  const given = memory ? parseSize(memory, report) : inCells;
  const currentKiB = current && parseSize(current, report);
  if (given === undefined) return undefined;
  if (given === 0)
    report.add('value-invalid', 'the memory of a domain must be more than 0', memory?.textSpan);
  if (inCells > 0 && given !== inCells) {
    const message = `<memory> differs from the sum of the NUMA cells; their ${inCells} KiB are used`;
    report.add('value-adjusted', message, memory?.textSpan);
  }
  const maximumKiB = inCells > 0 ? inCells : given;
  if (current && currentKiB !== undefined && currentKiB > maximumKiB) {
    report.add('value-adjusted', '<currentMemory> is more than <memory>, which is used', current.textSpan);
  }
  return withOrigin<Memory>(
    {
      maximumKiB,
      currentKiB: Math.min(
        currentKiB === undefined || currentKiB === 0 ? maximumKiB : currentKiB,
        maximumKiB,
      ),
    },
    (memory ?? domain).tagSpan,
  );
}

export function writeMemory(memory: Memory): readonly (XmlTree | undefined)[] {
  return [
    textElement('memory', memory.maximumKiB, { unit: 'KiB' }),
    textElement('currentMemory', memory.currentKiB, { unit: 'KiB' }),
  ];
}

export const memory: XmlDescriptor<'memory'> = {
  field: 'memory',
  read: ({ root, field, report }) => readMemory(root, field('numa') ?? [], report),
  write: ({ memory }) => writeMemory(memory),
};
