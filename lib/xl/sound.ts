import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { Os } from '../model/os.js';
import type { Sound } from '../model/sound.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const sounds: XlDescriptor<'sounds'> = {
  field: 'sounds',
  keys: { soundhw: 'devices/sound' },
  read: ({ xl, field, report }) => readSounds(xl, field('os'), report),
  write: (value, { out, domain, report }) => writeSounds(value, domain.os, out, report),
};

/** QEMU's names of the cards (xl.cfg(5): `soundhw`). libvirt's name for the first one is not supported by QEMU. */
const nameOf: Readonly<Record<Sound['model'], string>> = {
  ich6: 'hda',
  ac97: 'ac97',
  es1370: 'es1370',
  sb16: 'sb16',
};
const modelOf: ReadonlyMap<string, Sound['model']> = new Map([
  ['hda', 'ich6'],
  ['ich6', 'ich6'],
  ['ac97', 'ac97'],
  ['es1370', 'es1370'],
  ['sb16', 'sb16'],
]);

/** libvirt's interpretation of `all`. */
const all: readonly Sound[] = [{ model: 'sb16' }, { model: 'es1370' }];

/** Reads `soundhw`, cards separated by commas. QEMU supports more: a list with such a card is preserved as a whole. */
function readSounds(xl: XlReader, os: Os, report: Report): readonly Sound[] {
  const atom = os.type === 'hvm' ? xl.atom('soundhw') : undefined;
  if (atom === undefined || atom.text === '') return [];
  if (atom.text === 'all') {
    const message = "libvirt cannot express 'all' sound cards; converted to sb16 and es1370, as libvirt does";
    report.add('unsupported', message, atom.span);
    return all.map((sound) => withOrigin({ ...sound }, atom.span));
  }
  const names = atom.text.split(',');
  const models = names.map((name) => modelOf.get(name));
  if (models.includes(undefined)) {
    xl.leave('soundhw');
    return [];
  }
  if (names.includes('ich6')) {
    const message = "'ich6' is libvirt's name of a sound card, which QEMU rejects";
    report.add('xl-nonstandard-syntax', message, atom.span, 'write hda');
  }
  return models.flatMap((model) => (model ? withOrigin<Sound>({ model }, atom.span) : []));
}

function writeSounds(sounds: readonly Sound[], os: Os, out: XlOutput, report: Report): void {
  if (os.type === 'hvm' && sounds.length > 0) {
    out.set('soundhw', sounds.map(({ model }) => nameOf[model]).join(','), originOf(sounds[0]));
    return;
  }
  for (const sound of sounds)
    report.add('unsupported', 'sound card omitted: a PV guest has none', originOf(sound));
}
