import type { DeviceDescriptor } from './descriptor.js';
import { textElement } from './xml/tree.js';

/** The program of the device model. That of KVM cannot serve a Xen guest. */
export const emulator: DeviceDescriptor<'emulator'> = {
  field: 'emulator',
  read: (devices) => {
    const [device] = devices.all('emulator');
    const path = device?.markRead().text();
    if (device === undefined || path === undefined || path === '') return undefined;
    if (!devices.kvm) return path;
    const message = '<emulator> replaced: Xen uses its own device model';
    devices.report.add('converted', message, device.tagSpan);
    return undefined;
  },
  write: (domain) => [textElement('emulator', domain.emulator)],
};
