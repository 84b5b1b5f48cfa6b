import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Input } from '../model/input.js';
import type { XmlDescriptor } from './descriptor.js';
import type { DomainReader } from './domain-reader.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

const types = ['tablet', 'mouse', 'keyboard'] as const;

/** Whether an <input> is a virtio tablet; that of a KVM guest becomes one on USB. */
export const isVirtioTablet = (input: XmlElement): boolean =>
  input.peek('type') === 'tablet' && input.peek('bus') === 'virtio';

export const usbTablet = 'virtio tablet converted to a USB tablet';

/**
 * Reads an <input>. USB devices of an HVM guest are in the model; a PS/2 or Xen mouse or keyboard always exists. Any
 * other stays unread.
 */
export function readInput(
  input: XmlElement,
  { os, kvm, report }: Pick<DomainReader, 'os' | 'kvm' | 'report'>,
): Input | undefined {
  const type = types.find((known) => known === input.peek('type'));
  const bus = input.peek('bus') ?? (type === 'tablet' ? 'usb' : 'ps2');
  if (!type) return undefined;
  if (os.type !== 'hvm') {
    readOfScreen(input, bus, report);
    return undefined;
  }
  const isVirtio = bus === 'virtio' && kvm;
  if (bus === 'usb' || (isVirtio && type === 'tablet')) {
    input.markRead();
    for (const name of ['type', 'bus', ...(isVirtio ? ['model'] : [])]) input.attribute(name);
    if (isVirtio) report.add('converted', usbTablet, input.tagSpan);
    return withOrigin<Input>({ type, bus: 'usb' }, input.tagSpan);
  }
  if (isVirtio) report.add('converted', `virtio ${type} converted to PS/2`, input.tagSpan);
  if (type !== 'tablet' && (bus === 'ps2' || bus === 'xen' || isVirtio)) input.markAllRead();
  return undefined;
}

/** Xen's own mouse and keyboard, whose pointer is absolute, come with a screen (libxl_vkb.c). */
function readOfScreen(input: XmlElement, bus: string, report: Report): void {
  input.markAllRead();
  if ((bus === 'ps2' || bus === 'xen') && input.peek('type') !== 'tablet') return;
  report.add('implied', `<input> omitted: ${ownOfScreen}`, input.tagSpan);
}

const ownOfScreen = 'a PV or PVH guest has its own mouse and keyboard beside a screen';

export function writeInput(input: Input): XmlTree {
  return element('input', { type: input.type, bus: input.bus });
}

export const inputs: XmlDescriptor<'inputs'> = {
  field: 'inputs',
  parent: 'devices',
  read: (reader) => reader.all('input').flatMap((input) => readInput(input, reader) ?? []),
  write: ({ inputs }) => inputs.map(writeInput),
  unsupported: [['devices/input', 'unsupported', 'Xen has no such input device']],
  adapt: [
    {
      path: 'devices/input',
      driver: 'rejects',
      when: (input, guest) =>
        guest === 'hvm' && input.peek('bus') === 'usb' && input.peek('type') === 'keyboard',
      because: ['implied', 'the guest has a PS/2 keyboard'],
    },
    {
      path: 'devices/input',
      driver: 'rejects',
      when: (input, guest) => guest !== 'hvm' && input.peek('bus') !== 'xen',
      because: ['implied', ownOfScreen],
    },
    {
      path: 'devices/input',
      driver: 'rejects',
      when: (input, guest) => guest === 'hvm' && input.peek('bus') === 'xen',
      because: ['implied', 'an HVM guest has a PS/2 mouse and keyboard'],
    },
  ],
};
