import { expect } from 'chai';
import { decodeTexts, encodeTexts, joinBytes } from '../../../lib/realize/xenstore/payload.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('the strings of a message', () => {
  it('each end with NUL', () => {
    expect(encodeTexts('/a', 'n0', 'r7')).to.deep.equal(bytes('/a\0n0\0r7\0'));
    expect(encodeTexts('')).to.deep.equal(bytes('\0'));
  });

  it('are read as they were written, also empty ones', () => {
    for (const texts of [[], ['a'], ['a', '', 'b'], ['', '']]) {
      expect(decodeTexts(encodeTexts(...texts))).to.deep.equal(texts);
    }
  });

  it('can lack the last NUL', () => {
    expect(decodeTexts(bytes('a\0b'))).to.deep.equal(['a', 'b']);
  });

  it('can be followed by a value with any content', () => {
    expect(joinBytes(encodeTexts('/a'), Uint8Array.of(0, 255))).to.deep.equal(
      Uint8Array.of(47, 97, 0, 0, 255),
    );
  });
});
