import { originOf } from '../diagnostics/origin.js';
import type { XlDescriptor } from './descriptor.js';

/** The device model's program. */
export const emulator: XlDescriptor<'emulator'> = {
  field: 'emulator',
  keys: { device_model_override: 'devices/emulator' },
  read: (reading) => {
    const found = reading.xl.string('device_model_override');
    reading.locate('emulator', found?.span);
    return found?.value || undefined;
  },
  write: (value, { out, domain }) => out.set('device_model_override', value, originOf(domain, 'emulator')),
};

/** Arguments of the device model, whichever the guest's kind is; xl takes nothing but a list. */
export const deviceModelArguments: XlDescriptor<'deviceModelArguments'> = {
  field: 'deviceModelArguments',
  keys: { device_model_args: 'xen:commandline/xen:arg' },
  owned: ['device_model_args'],
  read: ({ xl, report }) => {
    const key = 'device_model_args';
    if (!xl.has(key) || xl.isList(key)) return (xl.list(key) ?? []).map(({ text }) => text);
    const span = xl.atom(key)?.span;
    report.add('value-invalid', `xl rejects '${key}' that is not a list`, span, `write ${key} = [ ... ]`);
    return [];
  },
  write: (words, { out }) => {
    for (const word of words) out.append('device_model_args', word);
  },
};
