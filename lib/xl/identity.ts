import { originOf } from '../diagnostics/origin.js';
import { parseUuid } from '../model/uuid.js';
import type { XlDescriptor } from './descriptor.js';

/** An xl.cfg is for Xen only. */
export const hypervisor: XlDescriptor<'hypervisor'> = {
  field: 'hypervisor',
  keys: {},
  read: () => 'xen',
  write: () => undefined,
};

export const name: XlDescriptor<'name'> = {
  field: 'name',
  keys: { name: 'name' },
  owned: ['name'],
  read: (reading) => {
    const { xl, report } = reading;
    const found = xl.string('name');
    reading.locate('name', found?.span);
    if (!found)
      report.add('value-missing', "the domain has no name: 'name' must be given", { start: 0, end: 0 });
    else if (found.value === '') report.add('value-missing', "the domain's name is empty", found.span);
    return found?.value ?? '';
  },
  write: (value, { out, domain }) => out.set('name', value, originOf(domain, 'name')),
};

export const uuid: XlDescriptor<'uuid'> = {
  field: 'uuid',
  keys: { uuid: 'uuid' },
  owned: ['uuid'],
  read: ({ xl, report }) => {
    const found = xl.string('uuid');
    if (!found) return undefined;
    const parsed = parseUuid(found.value);
    if (parsed === undefined) report.add('value-invalid', `'${found.value}' is not a UUID`, found.span);
    else if (parsed !== found.value.toLowerCase()) {
      const message = 'xl requires the hyphens of a UUID in their places';
      report.add('xl-nonstandard-syntax', message, found.span, `write ${parsed}`);
    }
    return parsed;
  },
  write: (value, { out }) => out.set('uuid', value),
};
