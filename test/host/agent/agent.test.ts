import { expect } from 'chai';
import { createHash, randomBytes } from 'node:crypto';
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandVersions, exec, getHostName, readFile, writeFile } from '../../../lib/agent/index.js';
import { openSession, type OpenSession } from '../../../lib/agent/node/index.js';
import { commandPath } from '../../command.js';
import { failure } from '../../realize/qmp/peer.js';
import { findGuest, RunningAgent, suites } from './agents.js';

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

for (const suite of suites) {
  describe(`virt2xen agent and the qemu-ga of ${suite.name}`, function () {
    this.timeout(300_000);
    let folder: string;
    let guest: string | undefined;
    let agent: RunningAgent;

    before(async function () {
      // On a new machine the images are still being built; the suite has a limit of its own.
      this.timeout(0);
      guest = await findGuest(suite);
      if (guest === undefined) return this.skip();
      folder = mkdtempSync(join(tmpdir(), 'v2x-agent-'));
      agent = await RunningAgent.start(guest);
    });
    after(async () => {
      if (guest === undefined) return;
      await agent[Symbol.asyncDispose]();
      rmSync(folder, { recursive: true });
    });

    const locks = () => join(folder, 'locks');
    const words = (args: readonly string[]) => [
      ...[commandPath, 'agent', '--socket', agent.socket, '--runtime-dir', locks(), '--timeout', '60'],
      ...args,
    ];

    async function run(args: readonly string[], input = ''): Promise<Result> {
      const child: ChildProcess = spawn(process.execPath, words(args));
      let [stdout, stderr] = ['', ''];
      child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
      child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
      child.stdin?.end(input);
      const [status] = (await once(child, 'close')) as [number | null];
      return { status, stdout, stderr };
    }

    async function json(...args: string[]): Promise<Record<string, unknown>> {
      const { status, stdout, stderr } = await run(['--json', ...args]);
      expect([status, stderr], stdout).to.deep.equal([0, '']);
      return JSON.parse(stdout) as Record<string, unknown>;
    }

    const open = (timeoutMs = 60_000): Promise<OpenSession> =>
      openSession(
        { kind: 'socket', path: agent.socket },
        { purpose: 'test', directory: join(locks(), 'agent'), timeoutMs, waitMs: 10_000 },
      );

    it('knows every command of the agent, and the first version of each', async () => {
      const { version, commands } = (await json('info')) as { version: string; commands: { name: string }[] };
      const number = (text: string): number => {
        const [major = 0, minor = 0] = text.split('.').map(Number);
        return major * 100 + minor;
      };
      const newest = commands.map(({ name }) => [name, commandVersions.get(name)?.since ?? 'none'] as const);
      for (const [name, since] of newest) expect(number(since), name).to.be.at.most(number(version));
    });

    it('shows what the agent knows', async () => {
      expect(await json('ping')).to.include({ answered: true });
      expect(await json('osinfo')).to.have.nested.property('osinfo.pretty-name', 'The guest of a lab');
      expect(await json('hostname')).to.deep.equal({ hostname: 'guest' });
      expect(await json('users')).to.deep.equal({ users: [] });
      expect(await json('network')).to.have.nested.property('interfaces[0].name', 'lo');
      expect(await json('disks'))
        .to.have.property('disks')
        .that.is.an('array');
      expect(await json('fs', 'info')).to.deep.equal({ filesystems: [] });
      expect(await json('fs', 'status')).to.deep.equal({ status: 'thawed' });
      expect(Math.abs((await json('time', 'get'))['aheadMs'] as number)).to.be.below(60_000);
      const { stdout } = await run(['hostname']);
      expect(stdout).to.equal('guest\n');
    });

    it('freezes, thaws and trims file systems, of which there are none', async () => {
      expect(await json('fs', 'freeze')).to.deep.equal({ frozen: 0 });
      expect(await json('fs', 'thaw')).to.deep.equal({ thawed: 0 });
      expect(await json('fs', 'freeze', '/nowhere')).to.deep.equal({ frozen: 0 });
      await json('fs', 'thaw');
      expect(await json('fs', 'trim')).to.deep.equal({ trimmed: [] });
    });

    it('passes the input, output and status of programs', async () => {
      const script = 'read -r line; echo "$line $1"; echo "$WORD" >&2; exit 7';
      const args = ['exec', '-i', '--env', 'WORD=said', '--', '/bin/sh', '-c', script, 'sh', 'a b'];
      expect(await run(args, 'hello\n')).to.deep.equal({
        status: 7,
        stdout: 'hello a b\n',
        stderr: 'said\n',
      });
      expect(await run(['exec', '--', '/bin/sh', '-c', 'kill -9 $$'])).to.include({ status: 137 });
      expect(await run(['exec', '--', '/nowhere']))
        .to.include({ stdout: '' })
        .and.to.have.property('status')
        .not.equal(0);
    });

    it('copies files in both directions, byte for byte, with their lengths', async () => {
      const local = join(folder, 'data');
      for (const length of [0, 1, 49_152, 300_001]) {
        const bytes = randomBytes(length);
        writeFileSync(local, bytes);
        expect(await run(['put', local, '/tmp/data'])).to.include({ status: 0 });
        expect(await run(['get', '/tmp/data', `${local}.back`])).to.include({ status: 0 });
        expect(readFileSync(`${local}.back`).equals(bytes), `${length} bytes`).to.equal(true);
      }
      expect((await run(['cat', '/etc/os-release'])).stdout).to.contain('ID=lab');
      expect((await run(['cat', '/proc/version'])).stdout).to.contain('Linux');
    });

    it('loses no answer on a character device, which cannot seek', async () => {
      await using onTerminal = await RunningAgent.onTerminal(guest ?? '');
      const bytes = randomBytes(2_000_000);
      const options = {
        purpose: 'test',
        directory: join(locks(), 'agent'),
        timeoutMs: 60_000,
        waitMs: 10_000,
      };
      await using opened = await openSession({ kind: 'socket', path: onTerminal.socket }, options);
      const { session } = opened;
      expect(await writeFile(session, '/tmp/data', [bytes])).to.equal(bytes.length);
      const back: Uint8Array[] = [];
      for await (const piece of readFile(session, '/tmp/data')) back.push(piece);
      expect(Buffer.concat(back).equals(bytes)).to.equal(true);
      // Short and long ones, many at a time.
      const echoed = await Promise.all(
        Array.from({ length: 40 }, (_, index) =>
          exec(session, { path: '/bin/cat', args: [], input: bytes.subarray(0, index * 1000) }),
        ),
      );
      expect(echoed.map(({ stdout }) => stdout.length)).to.deep.equal(
        Array.from({ length: 40 }, (_, index) => index * 1000),
      );
    });

    it('leaves the local file as it was if the guest has none', async () => {
      const local = join(folder, 'kept');
      writeFileSync(local, 'kept');
      const { status, stderr } = await run(['get', '/nowhere', local]);
      expect(status).to.equal(1);
      expect(stderr).to.match(/^virt2xen: guest-file-open: failed to open file '\/nowhere'/);
      expect(readFileSync(local, 'utf8')).to.equal('kept');
    });

    it('shuts down, reboots and halts', async () => {
      for (const [command, options] of [
        ['shutdown', '-P'],
        ['reboot', '-r'],
        ['halt', '-H'],
      ] as const) {
        expect(await json(command)).to.deep.equal({ requested: command, outcome: 'accepted' });
        expect((await run(['cat', '/run/shutdown'])).stdout.trim().split('\n').at(-1)).to.contain(options);
      }
    });

    it('sets passwords from standard input', async () => {
      expect(await run(['set-password', 'alice'], 'a "b\\ü\n')).to.include({ status: 0 });
      expect((await run(['cat', '/run/chpasswd'])).stdout).to.contain('alice:a "b');
      expect(await run(['set-password', '--crypted', 'alice'], '$y$x\n')).to.include({ status: 0 });
      expect((await run(['cat', '/run/chpasswd'])).stdout).to.contain('-e alice:$y$x');
    });

    it('adds, shows and removes SSH keys', async () => {
      const keys = ['ssh-ed25519 AAAA alice@one', 'ssh-ed25519 BBBB alice@two'];
      expect(await run(['ssh-keys', 'add', 'alice', '-'], keys.join('\n'))).to.include({
        status: 0,
        stderr: '',
      });
      expect((await json('ssh-keys', 'list', 'alice'))['keys']).to.have.members(keys);
      expect(await run(['ssh-keys', 'remove', 'alice', '-'], keys[0])).to.include({ status: 0 });
      expect(await json('ssh-keys', 'list', 'alice')).to.deep.equal({ user: 'alice', keys: keys.slice(1) });
      expect(await run(['ssh-keys', 'add', '--reset', 'alice', '-'], keys[0])).to.include({ status: 0 });
      expect(await json('ssh-keys', 'list', 'alice')).to.deep.equal({
        user: 'alice',
        keys: keys.slice(0, 1),
      });
    });

    it('sends what it does not know itself, and prints the reply as it is', async () => {
      const { stdout } = await run(['raw', '{"execute":"guest-get-time"}']);
      expect(stdout).to.match(/^\{"return": [0-9]{19}\}\n$/);
      expect(await run(['raw', '{"execute":"guest-nothing"}'])).to.include({ status: 1, stdout: '' });
    });

    it('says when the agent lacks a command or has it disabled', async () => {
      await agent.restart(['--block-rpcs=guest-exec']);
      expect((await run(['exec', '--', 'true'])).stderr).to.contain('disabled in the guest');
      await agent.restart();
      if (suite.name === 'bookworm') {
        const { stderr } = await run(['raw', '{"execute":"guest-get-load"}']);
        expect(stderr).to.match(
          /of QEMU 7\.2\.[0-9]+, does not have this command; agents have it since QEMU 10\.0/,
        );
      }
    });

    it('names the process that holds the socket', async () => {
      const other = createConnection(agent.socket);
      await once(other, 'connect');
      const { status, stderr } = await run(['ping', '--timeout', '5']);
      other.destroy();
      expect(status).to.equal(3);
      expect(stderr).to.match(new RegExp(`in use by process ${process.pid} \\(`));
    });

    it('names the virt2xen process that uses the channel', async () => {
      const held = await open();
      const { status, stderr } = await run(['ping', '--lock-timeout', '0']);
      await held[Symbol.asyncDispose]();
      expect(status).to.equal(3);
      expect(stderr).to.contain(`in use by process ${process.pid} (test)`);
    });

    it('reports an agent that is killed while it works, and waits for the next one', async () => {
      await using opened = await open();
      const sleeping = failure(exec(opened.session, { path: 'sleep', args: ['1000'] }));
      await opened.session.ping();
      await agent.kill();
      expect(await sleeping).to.include({ failure: 'closed' });
      const waiting = run(['wait', '--timeout', '200']);
      await agent.restart();
      expect(await waiting).to.include({ status: 0 });
      expect(await run(['wait', '--for', 'down', '--timeout', '1'])).to.include({ status: 1 });
    });

    it('does not mix up replies when calls are given up at any moment', async () => {
      await using opened = await open();
      const { session } = opened;
      for (let at = 0; at < 30; at += 1) {
        const given = session.call(getHostName, { timeoutMs: at % 10 }).catch(() => 'late');
        const [name, result] = await Promise.all([
          given,
          exec(session, { path: 'echo', args: [String(at)] }),
        ]);
        expect(name).to.be.oneOf(['guest', 'late']);
        expect(Buffer.from(result.stdout).toString()).to.equal(`${at}\n`);
      }
    });

    it('copies 2 MB in both directions with equal checksums', async () => {
      await using opened = await open();
      const bytes = randomBytes(2_000_000);
      expect(await writeFile(opened.session, '/tmp/large', [bytes])).to.equal(bytes.length);
      const hash = createHash('sha256');
      for await (const piece of readFile(opened.session, '/tmp/large')) hash.update(piece);
      expect(hash.digest('hex')).to.equal(createHash('sha256').update(bytes).digest('hex'));
      const sum = await exec(opened.session, { path: 'sha256sum', args: ['/tmp/large'] });
      const local = execFileSync('sha256sum', { input: bytes, encoding: 'utf8' });
      expect(Buffer.from(sum.stdout).toString().slice(0, 64)).to.equal(local.slice(0, 64));
    });
  });
}
