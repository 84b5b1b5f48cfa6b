import { expect } from 'chai';
import { XenstoreError } from '../../../lib/realize/xenstore/error.js';
import { encodeFrame, FrameParser, type Frame } from '../../../lib/realize/xenstore/frame.js';
import { encodeTexts, joinBytes } from '../../../lib/realize/xenstore/payload.js';

/** READ of /a as request 258, in transaction 3. */
const read: Frame = { type: 2, requestId: 258, transactionId: 3, payload: encodeTexts('/a') };
const readBytes = [2, 0, 0, 0, 2, 1, 0, 0, 3, 0, 0, 0, 3, 0, 0, 0, 0x2f, 0x61, 0];
const empty: Frame = { type: 11, requestId: 0xffffffff, transactionId: 0, payload: new Uint8Array(0) };
const event: Frame = { type: 15, requestId: 0, transactionId: 0, payload: encodeTexts('/b', 'token') };

function parse(...chunks: readonly Uint8Array[]): Frame[] {
  const parser = new FrameParser();
  return chunks.flatMap((chunk) => [...parser.push(chunk)]);
}

describe('a xenstore message', () => {
  it('consists of four 32-bit numbers, little-endian, and the payload', () => {
    expect([...encodeFrame(read)]).to.deep.equal(readBytes);
    expect([...encodeFrame(empty).subarray(4, 8)]).to.deep.equal([255, 255, 255, 255]);
  });

  it('is read as it was written', () => {
    for (const frame of [read, empty, event]) expect(parse(encodeFrame(frame))).to.deep.equal([frame]);
  });

  it('can arrive in two chunks, split anywhere', () => {
    const bytes = encodeFrame(read);
    for (let at = 0; at <= bytes.length; at += 1) {
      expect(parse(bytes.subarray(0, at), bytes.subarray(at)), `split at ${at}`).to.deep.equal([read]);
    }
  });

  it('can arrive byte by byte', () => {
    expect(parse(...[...encodeFrame(event)].map((byte) => Uint8Array.of(byte)))).to.deep.equal([event]);
  });

  it('can share a chunk with others, the last one in part', () => {
    const stream = joinBytes(...[read, empty, event].map(encodeFrame));
    for (let at = 0; at <= stream.length; at += 1) {
      const frames = parse(stream.subarray(0, at), stream.subarray(at));
      expect(frames, `split at ${at}`).to.deep.equal([read, empty, event]);
    }
  });

  it('is not delivered before it is complete', () => {
    const bytes = encodeFrame(read);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(parse(bytes.subarray(0, length))).to.deep.equal([]);
    }
  });

  it('has its own copy of the payload', () => {
    const chunk = encodeFrame(read);
    const [frame] = parse(chunk);
    chunk.fill(0xee);
    expect(frame).to.deep.equal(read);
  });

  it('cannot have an excessive length', () => {
    const header = encodeFrame(empty);
    new DataView(header.buffer).setUint32(12, 0xfffffff0, true);
    expect(() => parse(header)).to.throw(XenstoreError, 'EPROTO: message of 4294967280 bytes');
  });
});
