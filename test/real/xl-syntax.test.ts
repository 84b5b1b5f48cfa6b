import { expect } from 'chai';
import { parseXlConfig, type Channel, type SettingValue } from '../../lib/index.js';
import { channelRows, type ChannelSeen } from './channel-strings.js';
import { at, listAt, type Json } from './json.js';
import { findXl, type LibxlConfig } from './real-xl.js';
import { say } from '../requirements.js';
import { snippets } from './syntax-snippets.js';

/** The smallest config that xl accepts. */
const head = 'name = "a"\nkernel = "/k"\n';

describe('the real xl and our reader', function () {
  const xl = findXl();
  before(function () {
    if (!xl) this.skip();
  });
  if (!xl) {
    it('read the same');
    return;
  }
  let compared = 0;
  after(() => {
    say(`${compared} channel strings and pieces of syntax read by both`);
  });

  describe('channel: both', () => {
    for (const row of channelRows) {
      it(row.it, () => {
        const text = `${head}memory = 64\n${row.cfg}\n`;
        const verdict = xl.read(text);
        const { domain, diagnostics } = parseXlConfig(text);
        const errors = diagnostics.filter(({ severity }) => severity === 'error');
        const messages = errors.map(({ message }) => message).join('\n');
        compared += 1;

        if (row.xl === 'crash') expect(verdict).to.include({ ok: false, crashed: true });
        else if (typeof row.xl === 'string') {
          expect(verdict.ok ? 'accepted' : verdict.message).to.contain(row.xl);
        } else expect(verdict.ok ? channelsOfXl(verdict.config) : verdict.message).to.deep.equal(row.xl);

        if (row.ours) expect(messages, row.ours.because).to.contain(row.ours.refuses);
        // xl's messages have the piece after the reason, ours before it.
        else if (typeof row.xl === 'string')
          for (const part of row.xl.split(': ')) expect(messages).to.contain(part);
        else expect(errors.length > 0 ? messages : domain?.channels.map(seen)).to.deep.equal(row.xl);
      });
    }
  });

  for (const [topic, list] of Object.entries(snippets)) {
    describe(`${topic}: both read`, () => {
      for (const [title, cfg, expected] of list) {
        it(title, () => {
          const text = `${head}${cfg}\n`;
          const kind = typeof expected === 'number' ? 'number' : Array.isArray(expected) ? 'list' : 'text';
          const verdict = xl.read(text);
          compared += 1;
          expect(verdict.ok ? valueOfXl(verdict.config, kind) : 'refused', 'xl').to.deep.equal(expected);
          expect(valueOfOurs(text, kind), 'virt2xen').to.deep.equal(expected);
        });
      }
    });
  }
});

function channelsOfXl(config: LibxlConfig): readonly Json[] {
  return listAt(config, 'channels').map((channel) => {
    const path = at(channel, 'connection.socket', 'path');
    const [name, backend] = [at(channel, 'name'), at(channel, 'backend_domname')];
    const isSocket = at(channel, 'connection.socket') !== undefined;
    return {
      connection: isSocket ? 'socket' : at(channel, 'connection.pty') === undefined ? 'unknown' : 'pty',
      ...(name !== undefined && { name }),
      ...(path !== undefined && { path }),
      ...(backend !== undefined && { backend }),
    };
  });
}

function seen({ name, connection, backendDomain }: Channel): ChannelSeen | string {
  if (connection.kind !== 'pty' && connection.kind !== 'socket') return connection.kind;
  return {
    name,
    connection: connection.kind,
    ...(connection.kind === 'socket' && connection.path !== undefined && { path: connection.path }),
    ...(backendDomain !== undefined && { backend: backendDomain }),
  };
}

type Kind = 'text' | 'list' | 'number';

const MiB = 1024;

function valueOfXl(config: LibxlConfig, kind: Kind): Json {
  if (kind === 'text') return at(config, 'b_info', 'cmdline') ?? '';
  if (kind === 'list') return listAt(config, 'b_info', 'extra');
  return Number(at(config, 'b_info', 'max_memkb') ?? 32 * MiB) / MiB;
}

function valueOfOurs(text: string, kind: Kind): SettingValue | number {
  const { domain, diagnostics } = parseXlConfig(text);
  const isRefused = diagnostics.some(
    ({ severity, code }) => severity === 'error' || code === 'xl-nonstandard-syntax',
  );
  if (!domain || isRefused) return 'refused';
  if (kind === 'text') return domain.os.cmdline ?? '';
  if (kind === 'number') return domain.memory.maximumKiB / MiB;
  return domain.deviceModelArguments;
}
