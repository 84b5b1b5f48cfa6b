import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import type { Os } from '../model/os.js';
import { nearestSound, soundModels, type Sound } from '../model/sound.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** The model of Xen's QEMU that is the same or nearest. */
function modelOf(sound: XmlElement): Sound['model'] | undefined {
  const given = sound.peek('model') ?? '';
  return soundModels.find((known) => known === given) ?? nearestSound(given);
}

/** Reads a <sound> of an HVM guest. One that Xen's QEMU does not have stays unread. */
export function readSound(
  sound: XmlElement,
  os: Os,
  report: Report,
  options: FormatOptions = {},
): Sound | undefined {
  const given = sound.peek('model') ?? '';
  const model = modelOf(sound);
  if (os.type !== 'hvm' || model === undefined) return undefined;
  sound.markRead().attribute('model');
  if (model !== given && isLibvirts(options)) return withOrigin<Sound>({ model, name: given }, sound.tagSpan);
  if (model !== given)
    report.add('converted', `sound card '${given}' converted to '${model}'`, sound.tagSpan);
  return withOrigin<Sound>({ model }, sound.tagSpan);
}

export const writeSound = ({ model, name }: Sound): XmlTree => element('sound', { model: name ?? model });

export const sounds: XmlDescriptor<'sounds'> = {
  field: 'sounds',
  parent: 'devices',
  // libvirt's converter examines the first card alone.
  read: (reader) =>
    reader
      .all('sound')
      .flatMap(
        (sound, index) => readSound(sound, reader.os, reader.report, index === 0 ? {} : reader.options) ?? [],
      ),
  write: ({ sounds }) => sounds.map(writeSound),
  unsupported: [
    [
      'devices/sound',
      'unsupported',
      "only HVM guests have sound cards, of the models that Xen's QEMU supports",
    ],
    ['devices/sound/codec', 'implied', "Xen's HD Audio card includes its codec"],
    ['devices/sound/audio', 'unsupported', 'xl cannot select the audio backend'],
  ],
  adapt: [
    {
      path: 'devices/sound',
      driver: 'rejects',
      when: (sound) => modelOf(sound) === undefined,
      because: ['unsupported', `Xen's driver supports the sound cards ${soundModels.join(', ')}`],
    },
  ],
};
