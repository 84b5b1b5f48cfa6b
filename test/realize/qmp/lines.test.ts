import { expect } from 'chai';
import { QmpError } from '../../../lib/realize/qmp/error.js';
import { JsonLines } from '../../../lib/realize/qmp/lines.js';

const bytes = new TextEncoder().encode('{"a": "ü€😀"}\r\n\r\n{"b": {"c": []}}\n');
const values = [{ a: 'ü€😀' }, { b: { c: [] } }];

describe('the parser of JSON lines', () => {
  it('accepts whole lines', () => {
    expect([...new JsonLines().push(bytes)]).to.deep.equal(values);
  });

  it('accepts lines split into any two parts', () => {
    for (let at = 0; at <= bytes.length; at++) {
      const lines = new JsonLines();
      const got = [...lines.push(bytes.subarray(0, at)), ...lines.push(bytes.subarray(at))];
      expect(got, `split at ${at}`).to.deep.equal(values);
    }
  });

  it('accepts single bytes from a reused buffer', () => {
    const lines = new JsonLines();
    const buffer = new Uint8Array(1);
    const got = Array.from(bytes).flatMap((byte) => {
      buffer[0] = byte;
      return [...lines.push(buffer)];
    });
    expect(got).to.deep.equal(values);
  });

  it('stores a line without an end', () => {
    expect([...new JsonLines().push(bytes.subarray(0, -1))]).to.deep.equal(values.slice(0, 1));
  });

  it('rejects invalid JSON', () => {
    expect(() => [...new JsonLines().push(new TextEncoder().encode('SSH-2.0-x\n'))]).to.throw(
      QmpError,
      'not valid JSON: SSH-2.0-x',
    );
  });

  it('rejects a line without an end before it fills the memory', () => {
    const lines = new JsonLines();
    const chunk = new Uint8Array(1024 * 1024).fill(0x20);
    expect(() => {
      for (let i = 0; i < 20; i++) Array.from(lines.push(chunk));
    }).to.throw(QmpError, 'longer than');
  });
});
