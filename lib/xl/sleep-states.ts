import { originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import type { SleepStates } from '../model/sleep-states.js';
import type { XlDescriptor } from './descriptor.js';

/** ACPI's sleep states of an HVM guest, which are on by default (libxl_create.c). */
export const sleepStates: XlDescriptor<'sleepStates'> = {
  field: 'sleepStates',
  keys: { acpi_s3: 'pm/suspend-to-mem', acpi_s4: 'pm/suspend-to-disk' },
  read: ({ xl, field }) => {
    if (field('os').type !== 'hvm') return undefined;
    const [memory, disk] = [xl.boolean('acpi_s3'), xl.boolean('acpi_s4')];
    if (memory === undefined && disk === undefined) return undefined;
    return withOrigin<SleepStates>(
      omitUndefined({ memory, disk }),
      xl.keySpan(memory === undefined ? 'acpi_s4' : 'acpi_s3'),
    );
  },
  write: (value, { out, domain, report }) => {
    if (domain.os.type === 'hvm') {
      out.set('acpi_s3', value.memory, originOf(value));
      out.set('acpi_s4', value.disk, originOf(value));
    } else if (value.memory !== false || value.disk !== false) {
      report.add('unsupported', '<pm> omitted: a PV or PVH guest has no sleep states', originOf(value));
    }
  },
};
