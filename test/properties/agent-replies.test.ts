import { assert } from 'chai';
import fc from 'fast-check';
import { depthLimit, depthOf, ReplyParser, type Received } from '../../lib/agent/reply-parser.js';
import { decodeBase64, encodeBase64 } from '../../lib/agent/base64.js';
import { getDisks, getFilesystems } from '../../lib/agent/commands/storage.js';
import { getInterfaces } from '../../lib/agent/commands/network.js';
import { getOsInfo, getTime, getUsers } from '../../lib/agent/commands/system.js';
import { programStatus } from '../../lib/agent/commands/exec.js';
import { AgentError } from '../../lib/agent/error.js';
import { getInfo } from '../../lib/agent/capabilities.js';
import { holds } from './property.js';

const limitBytes = 200;

const tokens = [
  ...[
    '\n',
    '\r\n',
    '\xff',
    '{',
    '}',
    '[',
    ']',
    '"',
    '\\',
    '\\"',
    '\\u0000',
    ':',
    ',',
    ' ',
    '\0',
    '\x1b[2J',
    '\x80',
    '\xc3\xa9',
  ],
  ...[
    '{"return": ',
    '{"error": {"class": "GenericError", "desc": "',
    '"id": "a-1"',
    '{}',
    'null',
    '1e999',
    '-0',
    '12345678901234567890',
  ],
  ...[
    '\xff{"return": 5}\n',
    '{"return": {}, "id": "a-1"}\n',
    '{"__proto__": 1}\n',
    '[[[[[[[[',
    '"'.repeat(9),
    '\\'.repeat(9),
    'x'.repeat(150),
  ],
];

/** A stream, cut into chunks somewhere. */
const chunks: fc.Arbitrary<readonly Uint8Array[]> = fc.array(
  fc.oneof(
    fc.array(fc.constantFrom(...tokens), { maxLength: 12 }).map((list) => bytesOf(list.join(''))),
    fc.uint8Array({ maxLength: 40 }),
  ),
  { maxLength: 6 },
);

const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (unit) => unit.charCodeAt(0));

function parse(list: readonly Uint8Array[]): readonly Received[] {
  const parser = new ReplyParser(limitBytes);
  return list.flatMap((chunk) => {
    const found = parser.push(chunk);
    assert(parser.storedBytes <= limitBytes, `${parser.storedBytes} bytes are stored`);
    return found;
  });
}

describe('properties: bytes from a guest', () => {
  it('are parsed without an exception, within the limits', () => {
    holds(
      fc.property(chunks, (list) => {
        for (const found of parse(list)) {
          if (found.kind === 'other') assert(found.start.length <= 80);
          if (found.kind !== 'object') continue;
          assert(found.text.length <= limitBytes);
          assert(depthOf(found.text) <= depthLimit);
          assert.deepEqual(JSON.parse(found.text), found.value);
        }
      }),
    );
  });

  it('are parsed to the same, however they arrive', () => {
    holds(
      fc.property(chunks, (list) => {
        const whole = Uint8Array.from(list.flatMap((chunk) => [...chunk]));
        const single = Array.from(whole, (byte) => Uint8Array.of(byte));
        const replies = (of: readonly Uint8Array[]) => parse(of).filter(({ kind }) => kind === 'object');
        assert.deepEqual(replies(single), replies([whole]));
      }),
    );
  });

  it('cannot hide a reply that follows a delimiter', () => {
    holds(
      fc.property(chunks, fc.nat(), (list, id) => {
        const found = parse([...list, bytesOf(`\xff{"return": ${id}}\n`)]);
        const last = found.at(-1);
        assert(last?.kind === 'object' && last.isDelimited);
        assert.equal(last.value['return'], id);
      }),
    );
  });

  it('are read as a type of the schema, or rejected as such', () => {
    const requests = [
      getDisks,
      getFilesystems,
      getInterfaces,
      getOsInfo,
      getTime,
      getUsers,
      getInfo,
      programStatus(1),
    ];
    const names = [
      'name',
      'exited',
      'out-data',
      'ip-addresses',
      'prefix',
      'version',
      'supported_commands',
      'disk',
      'user',
    ];
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, true, 0, -1, 1.5, '', 'eA==', 'x'),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom(...names), tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    holds(
      fc.property(fc.constantFrom(...requests), value, (request, returned) => {
        try {
          request.read(returned);
        } catch (error) {
          assert.instanceOf(error, AgentError);
          assert.equal(error.failure, 'protocol');
        }
      }),
    );
  });

  it('are decoded from base64 to what was encoded, and to nothing else', () => {
    holds(
      fc.property(fc.uint8Array({ maxLength: 50 }), (bytes) => {
        assert.deepEqual(decodeBase64(encodeBase64(bytes)), bytes);
      }),
    );
    holds(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        const bytes = decodeBase64(text);
        if (bytes) assert.equal(Buffer.from(bytes).toString('base64').length, text.length);
      }),
    );
  });
});
