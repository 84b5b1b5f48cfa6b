import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Memory } from '../model/memory.js';
import type { NumaNode } from '../model/numa.js';
import { memoryOf } from './numa.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const memory: XlDescriptor<'memory'> = {
  field: 'memory',
  keys: { maxmem: 'memory', memory: 'currentMemory' },
  owned: ['maxmem', 'memory'],
  read: ({ xl, field, report }) => readMemory(xl, field('numa') ?? [], report),
  write: (value, { out, domain }) => writeMemory(value, domain.numa ?? [], out),
};

/** libxl's default without `memory` and `maxmem` (libxl_create.c). */
const defaultMemoryMiB = 32;

const kiB = 1024;

/** Reads `memory` and `maxmem`, both in MiB. With NUMA nodes, their memory is the maximum; xl accepts no other. */
function readMemory(xl: XlReader, numa: readonly NumaNode[], report: Report): Memory {
  const [current, maximum] = [xl.integer('memory'), xl.integer('maxmem')];
  for (const size of [current, maximum]) {
    if (size && (size.value <= 0 || size.value > Number.MAX_SAFE_INTEGER / kiB)) {
      report.add('value-invalid', `${size.value} MiB is not a valid amount of memory`, size.span);
    }
  }
  const inNodes = numa.length > 0 ? memoryOf(numa) : undefined;
  if (maximum && inNodes !== undefined && maximum.value !== inNodes) {
    const message = `maxmem differs from the sum of the vnuma nodes: ${inNodes} MiB`;
    report.add('value-invalid', message, maximum.span, 'remove maxmem');
  }
  const most = maximum ?? current;
  if (!most && inNodes === undefined) {
    report.add('value-default', `memory not specified: xl uses ${defaultMemoryMiB} MiB`, xl.keySpan('name'));
  }
  const maximumMiB = inNodes ?? most?.value ?? defaultMemoryMiB;
  if (current && current.value > maximumMiB) {
    report.add('value-adjusted', `memory is more than the maximum: ${maximumMiB} MiB is used`, current.span);
  }
  const currentMiB = Math.min(current?.value ?? maximumMiB, maximumMiB);
  return withOrigin<Memory>({ maximumKiB: maximumMiB * kiB, currentKiB: currentMiB * kiB }, most?.span);
}

/** Writes both in MiB, rounded up, and those of NUMA nodes separately. */
function writeMemory(memory: Memory, numa: readonly NumaNode[], out: XlOutput): void {
  const maximumMiB = numa.length > 0 ? memoryOf(numa) : Math.ceil(memory.maximumKiB / kiB);
  const isWhole = memory.currentKiB === memory.maximumKiB;
  out.set('maxmem', maximumMiB);
  out.set('memory', isWhole ? maximumMiB : Math.ceil(memory.currentKiB / kiB));
}
