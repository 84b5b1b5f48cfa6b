import { expect } from 'chai';
import { depthLimit, depthOf, ReplyParser, type Received } from '../../lib/agent/reply-parser.js';

const encode = (text: string): Uint8Array => Uint8Array.from(text, (unit) => unit.charCodeAt(0));
const limitBytes = 1000;

function parse(...chunks: readonly string[]): readonly Received[] {
  const parser = new ReplyParser(limitBytes);
  return chunks.flatMap((chunk) => parser.push(encode(chunk)));
}

/** What QEMU 7.2 answers to the flush and guest-sync-delimited, and then to guest-ping. */
const session =
  '{"error": {"class": "GenericError", "desc": "JSON parse error, stray \'\\uFFFD\'"}}\n\xff{"return": 5}\n{"return": {}, "id": "a-1"}\n';

describe('the parser of agent replies', () => {
  it('marks the reply after a delimiter', () => {
    expect(parse(session).map((one) => one.kind === 'object' && [one.value, one.isDelimited])).to.deep.equal([
      [{ error: { class: 'GenericError', desc: "JSON parse error, stray '\ufffd'" } }, false],
      [{ return: 5 }, true],
      [{ return: {}, id: 'a-1' }, false],
    ]);
  });

  it('accepts replies split into any two parts, and single bytes from a reused buffer', () => {
    const whole = parse(session);
    for (let at = 0; at <= session.length; at += 1) {
      expect(parse(session.slice(0, at), session.slice(at)), `split at ${at}`).to.deep.equal(whole);
    }
    const parser = new ReplyParser(limitBytes);
    const buffer = new Uint8Array(1);
    const got = Array.from(encode(session)).flatMap((byte) => {
      buffer[0] = byte;
      return parser.push(buffer);
    });
    expect(got).to.deep.equal(whole);
  });

  it('drops an incomplete line before a delimiter', () => {
    expect(parse('{"return": "of an earlier cli', '\xff{"return": 7}\n')).to.deep.equal([
      { kind: 'object', value: { return: 7 }, text: '{"return": 7}', isDelimited: true },
    ]);
  });

  it('reports the beginning of a line that is not a reply, and goes on', () => {
    const [first, second, ...others] = parse('guest login: \n[1]\n{"return": \n{"return": 1}\n');
    expect(first).to.deep.equal({ kind: 'other', start: 'guest login:' });
    expect(second).to.deep.equal({ kind: 'other', start: '[1]' });
    expect(others.map(({ kind }) => kind)).to.deep.equal(['other', 'object']);
  });

  it('rejects a line over the limit once, stores no more than the limit, and goes on after it', () => {
    const parser = new ReplyParser(limitBytes);
    const found: Received[] = [];
    for (let at = 0; at < 100; at += 1) {
      found.push(...parser.push(encode('x'.repeat(90))));
      expect(parser.storedBytes).to.be.at.most(limitBytes);
    }
    found.push(...parser.push(encode('\n{"return": 1}\n')));
    expect(found.map(({ kind }) => kind)).to.deep.equal(
      ['rejected', 'other', 'object'].filter((kind) => kind !== 'other'),
    );
    expect(found[0]).to.deep.equal({ kind: 'rejected', reason: 'a reply is longer than 1000 bytes' });
  });

  it('rejects a line that is nested too deep', () => {
    const deep = (levels: number): string =>
      `{"return": ${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}\n`;
    expect(parse(deep(depthLimit)).map(({ kind }) => kind)).to.deep.equal(['object']);
    expect(parse(deep(depthLimit + 1)).map(({ kind }) => kind)).to.deep.equal(['rejected']);
  });

  it('does not count brackets in strings', () => {
    expect(depthOf('{"a": "[[[", "b\\"[": ["\\\\", {}], "c": "\\\\\\"{"}')).to.equal(3);
    expect(depthOf('{"not closed [[')).to.equal(1);
  });

  it('keeps the names of JavaScript out of the way', () => {
    const [found] = parse('{"__proto__": {"return": 1}, "constructor": 2}\n');
    expect(found?.kind === 'object' && Object.hasOwn(found.value, 'return')).to.equal(false);
    expect(found?.kind === 'object' && found.value['return']).to.equal(undefined);
  });
});
