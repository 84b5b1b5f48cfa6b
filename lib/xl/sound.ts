import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import { nearestSound, type Sound } from '../model/sound.js';
import type { Os } from '../model/os.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const sounds: XlDescriptor<'sounds'> = {
  field: 'sounds',
  keys: { soundhw: 'devices/sound' },
  read: ({ xl, field, report, options }) => readSounds(xl, field('os'), report, options),
  write: (value, { out, domain, report, options }) => writeSounds(value, domain.os, out, report, options),
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

/** Reads `soundhw`, cards with commas between them. QEMU knows more: a list with such a one stays, as it is. */
function readSounds(xl: XlReader, os: Os, report: Report, options: FormatOptions): readonly Sound[] {
  const atom = os.type === 'hvm' ? xl.atom('soundhw') : undefined;
  if (atom === undefined || atom.text === '') return [];
  if (atom.text === 'all') {
    const message = "libvirt cannot express 'all' sound cards; converted to sb16 and es1370, as libvirt does";
    report.add('unsupported', message, atom.span);
    return all.map((sound) => withOrigin({ ...sound }, atom.span));
  }
  const names = atom.text.split(',');
  const models = names.map(
    (name) => modelOf.get(name) ?? (isLibvirts(options) ? nearestSound(name) : undefined),
  );
  if (models.includes(undefined)) {
    xl.leave('soundhw');
    return [];
  }
  if (names.includes('ich6')) {
    const message = "'ich6' is libvirt's name of a sound card, which QEMU rejects";
    report.add('xl-nonstandard-syntax', message, atom.span, 'write hda');
  }
  return names.flatMap((name, index) => {
    const model = models[index];
    if (!model) return [];
    if (modelOf.has(name)) return withOrigin<Sound>({ model }, atom.span);
    const message = `sound card '${name}' copied, as libvirt does: xl and libvirt's Xen driver do not support it`;
    report.add('profile-libvirt', message, atom.span);
    return withOrigin<Sound>({ model, name }, atom.span);
  });
}

function writeSounds(
  sounds: readonly Sound[],
  os: Os,
  out: XlOutput,
  report: Report,
  options: FormatOptions,
): void {
  if (os.type === 'hvm' && sounds.length > 0) {
    const names = sounds.map((sound) =>
      isLibvirts(options) ? libvirtsName(sound, report) : nameOf[sound.model],
    );
    out.set('soundhw', names.join(','), originOf(sounds[0]));
    return;
  }
  for (const sound of sounds)
    report.add('unsupported', 'sound card omitted: a PV guest has none', originOf(sound));
}

/** libvirt's converter copies its own names, of which QEMU does not have all (xenFormatSound). */
function libvirtsName(sound: Sound, report: Report): string {
  const { model, name = model } = sound;
  if (name !== nameOf[model]) {
    const message = `sound card '${name}' written under libvirt's name: QEMU knows it as '${nameOf[model]}'`;
    report.add('profile-libvirt', message, originOf(sound));
  }
  return name;
}
