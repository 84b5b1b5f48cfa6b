import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import type { Channel } from '../../lib/index.js';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import { describePlan } from '../../lib/realize/describe.js';
import { devId } from '../../lib/realize/devid.js';
import { diff, type Changes, type ExistingChannel } from '../../lib/realize/diff.js';
import { readChannelDocument } from '../../lib/realize/document.js';
import { domId } from '../../lib/realize/domid.js';
import { planWrites } from '../../lib/realize/keys.js';
import { plan, type Plan, type PlanOptions } from '../../lib/realize/plan.js';
import { planScript } from '../../lib/realize/script.js';
import { servedByQemu } from '../../lib/realize/served-by.js';
import { formatPermissions } from '../../lib/realize/xenstore/permissions.js';

const pty = (name: string): Channel => ({ name, connection: { kind: 'pty' } });
const socket = (name: string, path: string): Channel => ({
  name,
  connection: { kind: 'socket', mode: 'listen', path },
});

function planOf(
  channels: readonly Channel[],
  options: Partial<PlanOptions> = {},
): Plan & { readonly found: readonly string[] } {
  const report = new Report();
  const domain = { domid: domId(7), name: 'guest' };
  const given = { servedBy: servedByQemu('qemu'), backendDomid: domId(0), ...options };
  return {
    ...plan(channels, domain, given, report),
    found: report.diagnostics.map(({ message }) => message),
  };
}

const devids = ({ channels }: Plan): readonly number[] => channels.map(({ devid }) => devid);

describe('a plan', () => {
  it('numbers channels from 1, keeps the numbers of those that exist, and fills gaps', () => {
    expect(devids(planOf(['a', 'b', 'c'].map(pty)))).to.deep.equal([1, 2, 3]);
    const present = new Map([['c', devId(2)]]);
    expect(devids(planOf(['a', 'b', 'c'].map(pty), { present }))).to.deep.equal([1, 3, 2]);
    const taken = new Set([devId(1), devId(3)]);
    expect(devids(planOf(['a', 'b'].map(pty), { taken }))).to.deep.equal([2, 4]);
  });

  it('supports at most seven channels', () => {
    const { channels, found } = planOf(Array.from('abcdefgh').map(pty));
    expect(channels).to.have.length(7);
    expect(found).to.deep.equal(["channel 'h': no free device id; a Linux guest supports 7 channels"]);
  });

  it('writes the same keys as libxl, but no path that the guest can read', () => {
    const writes = planWrites(planOf([socket('a', '/p')])).map(
      ({ path, value, permissions }) => `${path} = ${value} ${formatPermissions(permissions)}`,
    );
    expect(writes.filter((line) => line.includes('/p '))).to.deep.equal([
      '/libxl/7/device/console/1/path = /p n0',
    ]);
    expect(writes).to.include.members([
      '/local/domain/7/device/console/1 =  n7,r0',
      '/local/domain/7/device/console/1/state = 1 n7,r0',
      '/local/domain/7/device/console/1/output = chardev:virt2xen-channel1 n0,r7',
      '/local/domain/7/device/console/1/tty =  n0,r7',
      '/local/domain/0/backend/console/7/1/state = 1 n0,r7',
      '/libxl/7/device/console/1/connection = socket n0',
    ]);
  });

  it('writes a connection that xl can display, whatever the channel has', () => {
    const file = { name: 'f', connection: { kind: 'file', path: '/f', append: true } } as const;
    const values = planWrites(planOf([file, pty('p')])).filter(({ path }) => path.endsWith('/connection'));
    expect(values.map(({ value }) => value)).to.deep.equal(['socket', 'socket', 'pty', 'pty']);
  });

  it('assigns a channel to the domain that it names, and rejects what that domain cannot serve', () => {
    const named = { ...socket('a', '/p'), backendDomain: 'other' };
    const { channels } = planOf([named], { backendDomains: new Map([['other', domId(3)]]) });
    expect(channels[0]).to.deep.include({
      backend: 'driver-domain',
      backendDomid: 3,
      backendKeys: { path: '/p' },
    });
    expect(planOf([{ ...named, backendDomain: '4' }]).channels[0]).to.deep.include({ backendDomid: 4 });
    expect(planOf([named]).found[0]).to.contain("backend domain 'other' not found");
    const log = { path: '/l', append: true };
    expect(planOf([{ ...named, backendDomain: '4', log }]).found[0]).to.contain('cannot write a log file');
  });

  it('rejects channels that no backend can serve', () => {
    const refused: readonly Channel[] = [
      { name: 'a', connection: { kind: 'vc' } },
      { name: 'b', connection: { kind: 'socket', mode: 'listen' } },
      pty('c\0d'),
      { ...pty('e'), log: { path: 'relative', append: false } },
      socket('f', `/${'x'.repeat(3000)}`),
    ];
    const { channels, found } = planOf(refused);
    expect(channels).to.deep.equal([]);
    expect(found).to.have.length(5);
  });
});

describe('the difference between desired and actual state', () => {
  const { channels } = planOf([socket('a', '/a'), pty('b')]);
  const exist = (given: Partial<ExistingChannel>): readonly ExistingChannel[] =>
    channels.map((channel) => ({ channel, hasKeys: true, endpoint: 'works', ...given }));
  const names = ({ remove, revive, make, keep }: Changes): Record<string, string> => {
    const of = (list: Changes['keep']): string => list.map(({ name }) => name).join(' ');
    return { remove: of(remove), revive: of(revive), make: of(make), keep: of(keep) };
  };

  it('is empty if both are equal, whatever the order of properties in a record', () => {
    const reordered = channels.map((channel) => Object.fromEntries(Object.entries(channel).toReversed()));
    const existing = reordered.map((channel) => ({ channel, hasKeys: true, endpoint: 'works' }));
    const changes = diff(existing as unknown as readonly ExistingChannel[], channels);
    expect(names(changes)).to.deep.equal({ remove: '', revive: '', make: '', keep: 'a b' });
  });

  it('includes only what differs', () => {
    const wanted = planOf([socket('a', '/other'), pty('b'), pty('c')]).channels;
    expect(names(diff(exist({}), wanted))).to.deep.equal({ remove: 'a', revive: '', make: 'a c', keep: 'b' });
    expect(names(diff(exist({}), []))).to.deep.equal({ remove: 'a b', revive: '', make: '', keep: '' });
  });

  it('recreates what is incomplete, and reattaches what has only lost its process', () => {
    const anew = { remove: 'a b', revive: '', make: 'a b', keep: '' };
    expect(names(diff(exist({ hasKeys: false }), channels))).to.deep.equal(anew);
    expect(names(diff(exist({ endpoint: 'missing' }), channels))).to.deep.equal(anew);
    expect(names(diff(exist({ hasKeys: false, endpoint: 'dead' }), channels))).to.deep.equal(anew);
    const revived = { remove: '', revive: 'a b', make: '', keep: '' };
    expect(names(diff(exist({ endpoint: 'dead' }), channels))).to.deep.equal(revived);
  });
});

describe('a plan as text', () => {
  const hostile = planOf([socket(`'$(x)"\n;`, `/a 'b" $(c)\n`), pty('p')]);
  const options = { access: { mode: 0o660, owner: { gid: 5 } }, directory: '/run/it' };

  it('is a valid shell script, whatever names and paths contain', () => {
    const named = { ...planOf([pty('p')]), domain: { domid: domId(7), name: 'a\nrm -rf b' } };
    expect(planScript(named, options)?.split('\n')[1]).to.equal(
      '# Channels of domain 7 (a\\x0arm -rf b), written by virt2xen plan',
    );
    const plans = [{ ...hostile, domain: named.domain }, planOf([])];
    for (const one of plans) {
      const script = planScript(one, options) ?? '';
      expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).to.include({
        status: 0,
        stderr: '',
      });
    }
  });

  it('runs only its own commands, with unchanged arguments', () => {
    const script = planScript(hostile, options) ?? '';
    const stub = `printf '%s|' "$0" "$@" | tr '\\n' '~'; echo`;
    // Replaces each command by a program that prints its arguments.
    const quoted = script.replace(
      /^(xenstore-write|xenstore-chmod|mkdir|chmod|chown|"\$\{QEMU[^"]*")/gm,
      (word) => ['sh', '-c', `'${stub.replaceAll("'", `'\\''`)}'`, word].join(' '),
    );
    const { stdout, status } = spawnSync('sh', [], { input: quoted, encoding: 'utf8' });
    expect(status).to.equal(0);
    expect(stdout).to.contain(`chmod|--|0660|/a 'b" $(c)~|`).and.contain(`chown|--|:5|/a 'b" $(c)~|`);
    expect(stdout).to.contain(`xenstore-write|/local/domain/7/device/console/1/name|'$(x)"~;|`);
  });

  it('makes the directory accessible to the guest last, and then writes the state that the guest waits for', () => {
    const lines = (planScript(planOf([pty('p')]), options) ?? '').trim().split('\n').slice(-3);
    expect(lines).to.deep.equal([
      'xenstore-chmod /local/domain/7/device/console/1 n7 r0',
      'xenstore-write /local/domain/7/device/console/1/state 1',
      'xenstore-chmod /local/domain/7/device/console/1/state n7 r0',
    ]);
  });

  it('contains no commands for what only a program can do', () => {
    expect(planScript(planOf([pty('p')], { servedBy: servedByQemu('stubdomain') }), options)).to.equal(
      undefined,
    );
  });

  it('escapes control characters for the terminal', () => {
    // eslint-disable-next-line no-control-regex -- these are the characters to find
    expect(describePlan(planOf([pty('a\x1b[2J')]), '/run/it')).not.to.match(/[\x00-\x09\x0b-\x1f]/);
  });
});

describe('a document of channels', () => {
  const xml = (channel: string): string =>
    `<domain type='kvm'><name>vm</name><memory unit='MiB'>64</memory><os><type>hvm</type></os><devices>` +
    `<disk type='network' device='disk'><source protocol='nothing'/><target dev='vda'/></disk>${channel}</devices></domain>`;

  it('is read for its channels only, in both formats', () => {
    const channel = `<channel type='unix'><source mode='connect' path='/p'><reconnect enabled='yes' timeout='3'/></source>`;
    const read = readChannelDocument(
      xml(`${channel}<log file='/l'/><target type='virtio' name='a'/></channel>`),
    );
    expect(read.diagnostics).to.deep.equal([]);
    expect(read.name).to.equal('vm');
    expect(read.channels).to.deep.equal([
      {
        name: 'a',
        connection: { kind: 'socket', mode: 'connect', path: '/p', reconnectSeconds: 3 },
        log: { path: '/l', append: false },
      },
    ]);
    const config =
      'name = "vm"\nmemory = 64\ntype = "pvh"\nkernel = "/k"\nchannel = [ "connection=pty,name=a" ]\n';
    expect(readChannelDocument(config).channels).to.deep.equal([pty('a')]);
  });

  it('is reported if its channels are invalid, or if it cannot be parsed', () => {
    const codes = (text: string): readonly string[] =>
      readChannelDocument(text).diagnostics.map(({ code }) => code);
    expect(codes(xml(`<channel type='pty'><target type='virtio'/></channel>`))).to.deep.equal([
      'channel-name',
    ]);
    expect(codes('<domain')).to.deep.equal(['xml-syntax']);
  });
});
