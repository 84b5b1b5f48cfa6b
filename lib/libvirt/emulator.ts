import { originOf } from '../diagnostics/origin.js';
import type { XmlDescriptor } from './descriptor.js';
import { absFilePath, checkSchema, refuseBlanks } from './schema.js';
import { textElement } from './xml/tree.js';

/** The device model's program. KVM's cannot serve a Xen guest. */
export const emulator: XmlDescriptor<'emulator'> = {
  field: 'emulator',
  parent: 'devices',
  read: (reader) => {
    const [device] = reader.all('emulator');
    const path = device?.markRead().text();
    if (device === undefined || path === undefined || path === '') return undefined;
    if (!reader.kvm) {
      reader.spans.set('emulator', device.textSpan);
      return path;
    }
    const message = '<emulator> replaced: Xen uses its own device model';
    reader.report.add('converted', message, device.tagSpan);
    return undefined;
  },
  check: (domain, report) => {
    const place = originOf(domain, 'emulator');
    refuseBlanks('the emulator', domain.emulator, place, report);
    checkSchema('the emulator', domain.emulator, absFilePath, place, report);
  },
  write: (domain) => [textElement('emulator', domain.emulator)],
};
