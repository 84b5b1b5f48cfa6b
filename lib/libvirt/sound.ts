import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Os } from '../model/os.js';
import { soundModels, type Sound } from '../model/sound.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/** The nearest model on Xen: all of these are Intel HD Audio to a guest's driver. */
export const nearestSounds: Readonly<Record<string, Sound['model']>> = { ich7: 'ich6', ich9: 'ich6' };

/** The model of Xen's QEMU that is equal or nearest. */
function modelOf(sound: XmlElement): Sound['model'] | undefined {
  const given = sound.peek('model') ?? '';
  const nearest = Object.hasOwn(nearestSounds, given) ? nearestSounds[given] : undefined;
  return soundModels.find((known) => known === given) ?? nearest;
}

/** Reads a <sound> of an HVM guest. A model that Xen's QEMU does not support stays unread. */
export function readSound(sound: XmlElement, os: Os, report: Report): Sound | undefined {
  const given = sound.peek('model') ?? '';
  const model = modelOf(sound);
  if (os.type !== 'hvm' || model === undefined) return undefined;
  sound.markRead().attribute('model');
  if (model !== given)
    report.add('converted', `sound card '${given}' converted to '${model}'`, sound.tagSpan);
  return withOrigin<Sound>({ model }, sound.tagSpan);
}

export const writeSound = ({ model }: Sound): XmlTree => element('sound', { model });

export const sounds: XmlDescriptor<'sounds'> = {
  field: 'sounds',
  parent: 'devices',
  read: (reader) => reader.all('sound').flatMap((sound) => readSound(sound, reader.os, reader.report) ?? []),
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
