import type { PreservedSetting } from '../model/preserved.js';
import type { AdaptRule } from './descriptor.js';
import type { DomainReader } from './domain-reader.js';

const types: readonly string[] = ['stubdom', 'stubdom-linux'];

/**
 * The settings of a device model in a stubdomain, which the libvirt of Qubes expresses by attributes of <emulator>.
 * Without them, the device model would run in dom0. Settings that an earlier conversion preserved have priority.
 */
export function stubdomainSettings(reader: DomainReader): readonly PreservedSetting[] {
  const [emulator] = reader.all('emulator');
  const type = emulator?.peek('type') ?? '';
  if (!emulator || reader.kvm || reader.os.type !== 'hvm' || !types.includes(type)) return [];
  for (const name of ['type', 'cmdline']) emulator.attribute(name);
  const version = type === 'stubdom' ? 'qemu-xen-traditional' : 'qemu-xen';
  const cmdline = emulator.peek('cmdline');
  const settings: readonly PreservedSetting[] = [
    { key: 'device_model_version', value: version },
    { key: 'device_model_stubdomain_override', value: '1' },
    ...(cmdline ? [{ key: 'stubdomain_cmdline', value: cmdline }] : []),
  ];
  const message = 'device model in a stubdomain converted to device_model_stubdomain_override';
  reader.report.add('converted', message, emulator.attributeSpan('type'));
  const present = new Set(reader.preserved.settings.map(({ key }) => key));
  return settings.filter(({ key }) => !present.has(key));
}

export const stubdomainRule: AdaptRule = {
  path: 'devices/emulator',
  driver: 'ignores',
  when: (emulator) => types.includes(emulator.peek('type') ?? ''),
  because: ['no-effect', 'only the libvirt of Qubes runs the device model in a stubdomain'],
};
