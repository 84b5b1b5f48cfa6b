import { withOrigin } from '../diagnostics/origin.js';
import type { Input } from '../model/input.js';
import type { Os } from '../model/os.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

const types = ['tablet', 'mouse', 'keyboard'] as const;

/**
 * Reads an <input>. USB devices are in the model; a PS/2 or Xen mouse or keyboard always exists. Any other stays
 * unread.
 */
export function readInput(input: XmlElement, os: Os): Input | undefined {
  const given = new Map(input.attributes);
  const type = types.find((known) => known === given.get('type'));
  const bus = given.get('bus') ?? (type === 'tablet' ? 'usb' : 'ps2');
  if (!type) return undefined;
  if (bus === 'usb' && os.type === 'hvm') {
    input.markRead().attribute('type');
    input.attribute('bus');
    return withOrigin<Input>({ type, bus }, input.tagSpan);
  }
  if ((bus === 'ps2' || bus === 'xen') && type !== 'tablet') input.markAllRead();
  return undefined;
}

export function writeInput(input: Input): XmlTree {
  return element('input', { type: input.type, bus: input.bus });
}

export const inputs: XmlDescriptor<'inputs'> = {
  field: 'inputs',
  parent: 'devices',
  read: (reader) => reader.all('input').flatMap((input) => readInput(input, reader.os) ?? []),
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
      because: ['implied', 'a PV or PVH guest has its own mouse and keyboard beside a screen'],
    },
    {
      path: 'devices/input',
      driver: 'rejects',
      when: (input, guest) => guest === 'hvm' && input.peek('bus') === 'xen',
      because: ['implied', 'an HVM guest has a PS/2 mouse and keyboard'],
    },
  ],
};
