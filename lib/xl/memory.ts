import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Memory } from '../model/memory.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './syntax/reader.js';

/** What libxl gives a domain without `memory` and `maxmem` (libxl_create.c). */
const defaultMemoryMiB = 32;

const kiB = 1024;

/** Reads `memory` and `maxmem`, both in MiB. */
export function readMemory(xl: XlReader, report: Report): Memory {
  const [current, maximum] = [xl.integer('memory'), xl.integer('maxmem')];
  for (const size of [current, maximum]) {
    if (size && (size.value <= 0 || size.value > Number.MAX_SAFE_INTEGER / kiB)) {
      report.add(
        'value-invalid',
        `${size.value} MiB is not an amount of memory that a domain can have`,
        size.span,
      );
    }
  }
  const most = maximum ?? current;
  if (!most) {
    report.add('value-default', `no memory is given: xl gives ${defaultMemoryMiB} MiB`, xl.keySpan('name'));
  }
  const maximumMiB = most?.value ?? defaultMemoryMiB;
  if (current && current.value > maximumMiB) {
    report.add('value-adjusted', `memory is more than maxmem: ${maximumMiB} MiB is taken`, current.span);
  }
  const currentMiB = Math.min(current?.value ?? maximumMiB, maximumMiB);
  return withOrigin<Memory>({ maximumKiB: maximumMiB * kiB, currentKiB: currentMiB * kiB }, most?.span);
}

/** Writes both in MiB, rounded up. */
export function writeMemory(memory: Memory, out: XlOutput): void {
  out.set('maxmem', Math.ceil(memory.maximumKiB / kiB));
  out.set('memory', Math.ceil(memory.currentKiB / kiB));
}
