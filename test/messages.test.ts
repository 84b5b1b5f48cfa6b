import { expect } from 'chai';
import { xlOptions } from '../lib/xl/options/table.js';
import { contradictions, denialsOf } from './denials.js';
import { elementsRead, libraryTexts, textsOf, type SourceText } from './messages.js';

/** A flag within a text. A string that is only a flag is an argument of a program. */
const hasFlag = ({ text }: SourceText): boolean => /[\s`'(]--[a-z]|^--[a-z][-a-z]*[\s…]/.test(text);

/** The shell script that acquires a lock runs flock(1) with flags. */
const isScript = ({ place, text }: SourceText): boolean =>
  place.startsWith('lib/realize/host/lock.ts') && text.includes('flock --exclusive');

describe('the messages of the library', () => {
  it('contain no command-line flags: the commands add them', () => {
    const flagged = libraryTexts().filter(hasFlag);
    expect(flagged.filter((text) => !isScript(text))).to.deep.equal([]);
    expect(flagged.filter(isScript)).to.have.lengthOf(1);
  });

  it('fail the test with a flag at any position', () => {
    const source = 'f("use --from xl"); f(`--network ${name}=B`); f("(--keep)"); f("--unix");';
    expect(textsOf('a.ts', source).filter(hasFlag)).to.deep.equal([
      { place: 'a.ts:1', text: 'use --from xl' },
      { place: 'a.ts:1', text: '--network …=B' },
      { place: 'a.ts:1', text: '(--keep)' },
    ]);
  });

  const elements = elementsRead();

  it('deny no option or element that the tables contain', () => {
    const wrong = libraryTexts().flatMap(({ place, text }) => {
      const found = contradictions(text, xlOptions, elements);
      return found.length === 0 ? [] : [`${place}: '${text}', but there is ${found.join(', ')}`];
    });
    expect(wrong).to.deep.equal([]);
  });

  it('are recognized as denials in all forms', () => {
    const denied = libraryTexts().filter(({ text }) => denialsOf(text).length > 0);
    expect(denied).to.have.lengthOf.above(30);
  });

  for (const [message, ...found] of [
    ['xl.cfg cannot set SMBIOS fields', 'smbios'],
    ['<sysinfo> omitted: xl.cfg has no smbios option', 'smbios'],
    ['xl has no SPICE port', 'spiceport', 'spice'],
    ["Xen has no option 'cpu_weight' here", 'cpu_weight'],
    ['xl cannot express on_crash', 'on_crash'],
    ['a PV guest has no serial ports'],
    ['an HVM guest has no serial ports', 'serial'],
    ['Xen has no USB hub'],
    ['Xen has no secure boot'],
    ['xl.cfg has no vtpm settings for this guest', 'vtpm'],
    ['libvirt has no channel elements', '<channel>'],
    ["libvirt's Xen driver cannot express <disk>", '<disk>'],
    ['libvirt has no attribute for the backend domain of a channel'],
  ] as const) {
    it(`${found.length === 0 ? 'may' : 'would fail if they'} say: ${message}`, () => {
      expect(contradictions(message, xlOptions, elements)).to.have.members([...found]);
    });
  }
});
