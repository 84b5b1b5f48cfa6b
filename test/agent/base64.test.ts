import { expect } from 'chai';
import { decodeBase64, encodeBase64 } from '../../lib/agent/base64.js';

describe('base64', () => {
  it("agrees with Node's, for each number of bytes and each value", () => {
    for (let length = 0; length <= 300; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 37 + length) & 255);
      const text = Buffer.from(bytes).toString('base64');
      expect(encodeBase64(bytes)).to.equal(text);
      expect(decodeBase64(text)).to.deep.equal(bytes);
    }
  });

  it('rejects what is not base64', () => {
    for (const text of [
      'A',
      'AA',
      'AAA',
      '====',
      'A===',
      'AA=A',
      'AAA=AAAA',
      'AA A',
      'AAA\n',
      'AAA-',
      'AAAé',
      '\u0141AAA',
    ]) {
      expect(decodeBase64(text), text).to.equal(undefined);
    }
  });
});
