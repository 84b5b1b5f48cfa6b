import { assert } from 'chai';
import fc from 'fast-check';
import {
  convert,
  formatDomainXml,
  formatXlConfig,
  type Channel,
  type Domain,
  type FormatResult,
} from '../../lib/index.js';
import type { FormatOptions } from '../../lib/document/options.js';
import { assertSame } from './difference.js';
import { channel, harmlessChannels } from './generated-channel.js';
import { smallest } from './generated-domain.js';
import { holds } from './property.js';
import { errorsOf, readBack, textOf } from './round-trip.js';
import { pathOfBytes, plainTexts, wildTexts } from './texts.js';

/** A channel with hostile texts, alone or among others. */
const channels = fc.oneof(
  { weight: 3, arbitrary: channel(wildTexts).map((one): readonly Channel[] => [one]) },
  {
    weight: 1,
    arbitrary: fc.array(fc.oneof(channel(wildTexts), channel(plainTexts)), { maxLength: 9 }),
  },
);

const domainOf = (list: readonly Channel[]): Domain => ({ ...smallest, channels: list });

/** The only allowed difference: libvirt's default path for a socket without one (reported as channel-default-path). */
const withDefaultPaths = (list: readonly Channel[]): readonly Channel[] =>
  list.map((one) =>
    one.connection.kind === 'socket' && one.connection.mode === 'listen' && one.connection.path === undefined
      ? {
          ...one,
          connection: {
            ...one.connection,
            path: `/var/lib/libvirt/libxl/channel/target/${smallest.name}-${one.name}`,
          },
        }
      : one,
  );

/** Channels to a client of a display are omitted, with a warning. */
const isWritten = ({ connection: { kind } }: Channel): boolean =>
  !['spiceport', 'spicevmc', 'qemu-vdagent'].includes(kind);

function assertXl(list: readonly Channel[], options: FormatOptions = {}): void {
  const text = textOf(formatXlConfig(domainOf(list), options));
  if (text === undefined) return;
  assertSame(readBack(text, 'xl').channels, withDefaultPaths(list.filter(isWritten)), text);
}

function assertXml(list: readonly Channel[]): void {
  const text = textOf(formatDomainXml(domainOf(list)));
  if (text === undefined) return;
  assertSame(readBack(text, 'libvirt').channels, list, text);
}

describe('properties: channels', () => {
  it('return from an xl.cfg unchanged, or are rejected', () => {
    holds(fc.property(channels, (list) => assertXl(list)));
  });

  it('return from an xl.cfg in the syntax of 2014 unchanged, or are rejected', () => {
    holds(fc.property(channels, (list) => assertXl(list, { channelSyntax: '2014' })));
  });

  it('return from an xl.cfg for Xen 4.17 unchanged, or are rejected', () => {
    holds(fc.property(channels, (list) => assertXl(list, { xen: '4.17' })));
  });

  it('return from a domain XML unchanged, or are rejected', () => {
    holds(fc.property(channels, (list) => assertXml(list)));
  });

  it('convert from xl.cfg to XML and back to the same xl.cfg, or are rejected', () => {
    holds(
      fc.property(channels, (list) => {
        const first = formatXlConfig(domainOf(list)).text;
        if (first === undefined) return;
        const xml = convert(first);
        assert.equal(xml.output === undefined, errorsOf(xml.diagnostics).length > 0);
        // What xl.cfg can contain and XML cannot, such as U+FFFF, is rejected.
        if (xml.output === undefined) return;
        const second = convert(xml.output);
        assert.equal(second.output, first, errorsOf(second.diagnostics).join('; '));
      }),
    );
  });

  it('are not rejected without a reason', () => {
    holds(
      fc.property(harmlessChannels, (list) => {
        for (const result of [formatXlConfig(domainOf(list)), formatDomainXml(domainOf(list))]) {
          assert.deepEqual(errorsOf(result.diagnostics), []);
        }
        assertXl(list);
        assertXl(list, { xen: '4.17' });
        assertXml(list);
      }),
    );
  });

  const socket = (path: string): FormatResult =>
    formatXlConfig(domainOf([{ name: 'a', connection: { kind: 'socket', mode: 'listen', path } }]));
  for (const character of ['x', 'é', '中', '\u{1f600}']) {
    it(`can have a socket path of at most 107 bytes of '${character}'`, () => {
      assert.deepEqual(errorsOf(socket(pathOfBytes(107, character)).diagnostics), []);
      assert.isUndefined(socket(pathOfBytes(108, character)).text);
    });
  }

  it('are not lost for a name that virt2xen itself uses', () => {
    const pad: Channel = { name: 'virt2xen.pad', connection: { kind: 'pty' } };
    assertXl([pad]);
    assertXl([pad, { name: 'a', connection: { kind: 'pty' } }]);
    assertXl([pad], { xen: '4.17' });
  });

  it('keep append mode', () => {
    assertXl([{ name: 'a', connection: { kind: 'file', path: '/a', append: true } }], {
      channelSyntax: '2014',
    });
  });
});
