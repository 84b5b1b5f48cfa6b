import { assert } from 'chai';
import fc from 'fast-check';
import { formatDomainXml, formatXlConfig, type Channel, type Domain } from '../../lib/index.js';
import { chardevOf, connectionOf } from '../../lib/qemu-syntax/connection.js';
import { assertSame } from './difference.js';
import { channel } from './generated-channel.js';
import { smallest } from './generated-domain.js';
import { without } from './normalise.js';
import { holds } from './property.js';
import { readBack, textOf } from './round-trip.js';
import { plainTexts, wildTexts, type Texts } from './texts.js';

/** A port of an HVM guest; one in another domain is always refused. */
const port = (texts: Texts): fc.Arbitrary<Channel> =>
  fc
    .tuple(
      channel(texts),
      fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
      fc.option(fc.record({ path: texts.path, append: fc.boolean() }, { noNullPrototype: true }), {
        nil: undefined,
      }),
    )
    .map(([one, nr, log]) => ({
      ...(without(one, 'backendDomain') as Channel),
      transport: { kind: 'virtio-serial', ...(nr !== undefined && { nr }) },
      ...(log && { log }),
    }));

const ports = fc.oneof(
  { weight: 3, arbitrary: port(wildTexts).map((one): readonly Channel[] => [one]) },
  { weight: 1, arbitrary: fc.array(fc.oneof(port(wildTexts), port(plainTexts)), { maxLength: 9 }) },
);

const domainOf = (channels: readonly Channel[]): Domain => ({
  ...smallest,
  os: { type: 'hvm', boot: ['disk'] },
  channels,
});

/** What QEMU cannot tell apart is the same: no host and this host; no second and never. */
function inQemu(one: Channel): Channel {
  const path = `/var/lib/libvirt/libxl/channel/target/${smallest.name}-${one.name}`;
  const { connection } = one;
  const filled = connection.kind === 'socket' ? { ...connection, path: connection.path ?? path } : connection;
  const made = chardevOf(filled);
  if ('refusal' in made) return one;
  const found = connectionOf(made.chardev);
  const isNever = 'reconnectSeconds' in found && found.reconnectSeconds === 0;
  return {
    ...one,
    connection: isNever ? (without(found, 'reconnectSeconds') as Channel['connection']) : found,
  };
}

const isWritten = ({ connection: { kind } }: Channel): boolean =>
  !['spiceport', 'spicevmc', 'qemu-vdagent'].includes(kind);
const bare = (list: readonly Channel[]): readonly unknown[] => list.map((one) => without(one, 'transport'));

function assertRead(list: readonly Channel[], format: 'xl' | 'libvirt'): void {
  const written = format === 'xl' ? formatXlConfig(domainOf(list)) : formatDomainXml(domainOf(list));
  const text = textOf(written);
  if (text === undefined) return;
  const read = readBack(text, format).channels;
  assertSame(bare(read), bare(list.filter(isWritten).map(inQemu)), text);
  const numbers = read.map(({ transport }) =>
    transport?.kind === 'virtio-serial' ? transport.nr : undefined,
  );
  assert.equal(new Set(numbers).size, read.length, text);
  for (const nr of numbers) assert.isTrue(nr !== undefined && nr >= 1 && nr <= 30, text);
}

describe('properties: virtio-serial ports', () => {
  it('return from an xl.cfg unchanged, or are rejected', () => {
    holds(fc.property(ports, (list) => assertRead(list, 'xl')));
  });

  it('return from a domain XML unchanged, or are rejected', () => {
    holds(fc.property(ports, (list) => assertRead(list, 'libvirt')));
  });

  it('of the same names have the same numbers, whatever their order', () => {
    const names = fc.uniqueArray(plainTexts.word, { maxLength: 30 });
    holds(
      fc.property(names, (list) => {
        const numbers = (some: readonly string[]): Readonly<Record<string, unknown>> => {
          const all = some.map((name): Channel => ({
            name,
            connection: { kind: 'pty' },
            transport: { kind: 'virtio-serial' },
          }));
          const { channels } = readBack(formatXlConfig(domainOf(all)).text ?? '', 'xl');
          return Object.fromEntries(channels.map(({ name, transport }) => [name, transport]));
        };
        assert.deepEqual(numbers(list), numbers(list.toReversed()));
      }),
    );
  });
});
