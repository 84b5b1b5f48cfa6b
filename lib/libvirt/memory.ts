import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Memory } from '../model/memory.js';
import { parseSize } from './size.js';
import type { XmlElement } from './xml/element.js';
import { textElement, type XmlTree } from './xml/tree.js';

/** Reads <memory> and <currentMemory>. */
export function readMemory(domain: XmlElement, report: Report): Memory | undefined {
  const memory = domain.child('memory');
  const current = domain.child('currentMemory');
  if (!memory) {
    report.add('value-missing', 'the domain has no <memory>', domain.tagSpan);
    return undefined;
  }
  const [maximumKiB, currentKiB] = [parseSize(memory, report), current && parseSize(current, report)];
  if (maximumKiB === undefined) return undefined;
  if (maximumKiB === 0) report.add('value-invalid', 'a domain cannot have no memory', memory.textSpan);
  if (current && currentKiB !== undefined && currentKiB > maximumKiB) {
    report.add('value-adjusted', '<currentMemory> is more than <memory>, which is taken', current.textSpan);
  }
  return withOrigin<Memory>(
    {
      maximumKiB,
      currentKiB: Math.min(
        currentKiB === undefined || currentKiB === 0 ? maximumKiB : currentKiB,
        maximumKiB,
      ),
    },
    memory.tagSpan,
  );
}

export function writeMemory(memory: Memory): readonly (XmlTree | undefined)[] {
  return [
    textElement('memory', memory.maximumKiB, { unit: 'KiB' }),
    textElement('currentMemory', memory.currentKiB, { unit: 'KiB' }),
  ];
}
