import { originOf } from '../diagnostics/origin.js';
import { isLibvirts } from '../document/profile.js';
import { emulatorProblem } from '../model/emulator.js';
import type { PreservedSetting } from '../model/preserved.js';
import type { XmlDescriptor } from './descriptor.js';
import { absFilePath, checkSchema, refuseBlanks } from './schema.js';
import { textElement } from './xml/tree.js';

/** Why a Xen guest does not use the program of an <emulator>; undefined if it does. */
export const emulatorReason = (
  path: string,
  kvm: boolean,
  settings: readonly PreservedSetting[],
): string | undefined =>
  kvm
    ? 'Xen uses its own device model'
    : emulatorProblem(
        path,
        settings.some(({ key }) => key === 'device_model_version'),
      );

/** The device model's program. KVM's cannot serve a Xen guest, and neither can xend's. */
export const emulator: XmlDescriptor<'emulator'> = {
  field: 'emulator',
  parent: 'devices',
  read: (reader) => {
    const [device] = reader.all('emulator');
    const path = device?.markRead().text();
    if (device === undefined || path === undefined || path === '') return undefined;
    const reason = emulatorReason(path, reader.kvm, reader.preserved.settings);
    if (reason === undefined || (!reader.kvm && isLibvirts(reader.options))) {
      reader.spans.set('emulator', device.textSpan);
      return path;
    }
    reader.report.add('converted', `<emulator> replaced: ${reason}`, device.tagSpan);
    return undefined;
  },
  check: (domain, report) => {
    const place = originOf(domain, 'emulator');
    refuseBlanks('the emulator', domain.emulator, place, report);
    checkSchema('the emulator', domain.emulator, absFilePath, place, report);
  },
  write: (domain) => [textElement('emulator', domain.emulator)],
};
