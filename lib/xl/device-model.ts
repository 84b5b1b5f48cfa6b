import { originOf } from '../diagnostics/origin.js';
import { isLibvirts } from '../document/profile.js';
import { ownArgumentsFrom } from '../qemu-syntax/port.js';
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

/** Those of one kind of guest follow those of every kind (libxl_dm.c: libxl__build_device_model_args_new). */
const argumentsOf = {
  hvm: 'device_model_args_hvm',
  pv: 'device_model_args_pv',
  pvh: 'device_model_args_pv',
} as const;

/**
 * Arguments of the device model; xl takes nothing but lists. libvirt has one list and, as one guest has one kind, it
 * means the same. Its own reader knows the first alone (profile `libvirt`); otherwise the ports that virt2xen has
 * added are in the list for HVM guests, and the arguments of others where libvirt writes them.
 */
export const deviceModelArguments: XlDescriptor<'deviceModelArguments'> = {
  field: 'deviceModelArguments',
  keys: {
    device_model_args: 'xen:commandline/xen:arg',
    device_model_args_hvm: 'xen:commandline/xen:arg',
  },
  alsoRead: { device_model_args_pv: 'xen:commandline/xen:arg' },
  owned: ['device_model_args'],
  read: ({ xl, field, options, report }) => {
    const own = isLibvirts(options) ? [] : [argumentsOf[field('os').type]];
    return ['device_model_args', ...own].flatMap((key) => {
      if (!xl.has(key) || xl.isList(key)) return (xl.list(key) ?? []).map(({ text }) => text);
      const span = xl.atom(key)?.span;
      report.add('value-invalid', `xl rejects '${key}' that is not a list`, span, `write ${key} = [ ... ]`);
      return [];
    });
  },
  write: (words, { out, domain, options }) => {
    const isHvm = domain.os.type === 'hvm' && !isLibvirts(options);
    const own = isHvm ? ownArgumentsFrom(words) : words.length;
    for (const [place, word] of words.entries()) {
      out.append(place < own ? 'device_model_args' : argumentsOf.hvm, word);
    }
  },
};
