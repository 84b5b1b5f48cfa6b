import { expect } from 'chai';
import { libraryTexts, textsOf, type SourceText } from './messages.js';

/** A flag in a sentence. A string that is a flag and nothing else is an argument of a program. */
const hasFlag = ({ text }: SourceText): boolean => /[\s`'"(]--[a-z]|^--[a-z][-a-z]*[\s…]/.test(text);

/** The shell script that holds a lock runs flock(1). */
const isScript = ({ place, text }: SourceText): boolean =>
  place.startsWith('lib/realize/host/lock.ts') && text.includes('flock --exclusive');

describe('the messages of the library', () => {
  it('contain no command-line flag: a command adds it', () => {
    const flagged = libraryTexts().filter(hasFlag);
    expect(flagged.filter((text) => !isScript(text))).to.deep.equal([]);
    expect(flagged.filter(isScript)).to.have.lengthOf(1);
  });

  it('would be found with a flag, wherever it stands', () => {
    const source = 'f("use --from xl"); f(`--network ${name}=B`); f("(--keep)"); f("--unix");';
    expect(textsOf('a.ts', source).filter(hasFlag)).to.deep.equal([
      { place: 'a.ts:1', text: 'use --from xl' },
      { place: 'a.ts:1', text: '--network …=B' },
      { place: 'a.ts:1', text: '(--keep)' },
    ]);
  });
});
