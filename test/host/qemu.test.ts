import { expect } from 'chai';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { domId } from '../../lib/realize/domid.js';
import type { SocketAccess } from '../../lib/realize/qemu/access.js';
import { pidFileOf, qmpSocketOf, type QemuCommand } from '../../lib/realize/qemu/argv.js';
import { findQemu, type QemuBinary } from '../../lib/realize/qemu/binary.js';
import { chardevId, type Chardev } from '../../lib/qemu-syntax/chardev.js';
import { addChardev, removeChardev } from '../../lib/realize/qemu/hotplug.js';
import { runningQemu } from '../../lib/realize/qemu/pid.js';
import { startQemu, stopQemu, type StartOptions } from '../../lib/realize/qemu/process.js';
import { privateSocket } from '../../lib/realize/qemu/socket.js';
import { QmpClient, withQmp } from '../../lib/realize/qmp/client.js';
import {
  chardevAdd,
  chardevRemove,
  queryChardev,
  queryStatus,
  quit,
} from '../../lib/realize/qmp/commands.js';
import { failure } from '../realize/qmp/peer.js';
import { Dom0 } from './dom0.js';
import { findPrograms } from './programs.js';
import { connectAs, nobody, watching } from './socket-watch.js';

const id = chardevId('v2x-1');
const asked: SocketAccess = { mode: 0o660, owner: { uid: 12, gid: nobody } };

describe('our own QEMU process', function () {
  const programs = findPrograms();
  let dom0: Dom0;
  let binary: QemuBinary;
  let command: QemuCommand;
  let options: StartOptions;
  let folder: string;
  let path: string;

  before(async function () {
    if (!programs) return this.skip();
    binary = await findQemu([programs.qemu]);
  });
  beforeEach(async () => {
    dom0 = await Dom0.start(programs!);
    folder = join(dom0.directory, 'sockets');
    mkdirSync(folder);
    // Other users must be able to reach the directory of the socket.
    for (const directory of [dom0.directory, folder]) chmodSync(directory, 0o755);
    path = join(folder, 'agent.sock');
    const domain = { domid: domId(7), name: 'a=b,c' };
    command = { domain, chardevs: [{ id, chardev: listening() }], directory: join(dom0.directory, 'qemu') };
    options = { access: asked, logFile: join(dom0.directory, 'log'), environment: dom0.environment };
  });
  afterEach(async () => {
    if ((await runningQemu(command.directory)) !== undefined) await stopQemu(command, { abruptly: true });
    await dom0[Symbol.asyncDispose]();
  });

  const listening = (): Chardev => ({ type: 'unix', mode: 'listen', path });
  const qmpSocket = (): string => qmpSocketOf(command.directory);

  it('starts, answers, and exits without leaving files behind', async () => {
    const { pid, exited } = await startQemu(binary, command, options);
    expect(await runningQemu(command.directory)).to.include({ pid });
    await withQmp(qmpSocket(), async (qmp) => {
      expect(qmp.version).to.deep.equal(binary.version);
      expect(await qmp.execute(queryStatus)).to.deep.equal({ status: 'running', running: true });
      const labels = (await qmp.execute(queryChardev)).map(({ label }) => label);
      expect(labels).to.have.members(['virt2xen-qmp', 'v2x-1']);
    });
    await stopQemu(command);
    expect(await exited).to.equal('exit status 0');
    expect(readdirSync(folder)).to.deep.equal([]);
    expect(existsSync(command.directory)).to.equal(false);
  });

  it('protects its monitor, directory and log from other users', async () => {
    await startQemu(binary, command, options);
    const modes = [command.directory, qmpSocket(), options.logFile, pidFileOf(command.directory)].map(
      (file) => (lstatSync(file).mode & 0o777).toString(8),
    );
    expect(modes).to.deep.equal(['700', '600', '600', '600']);
  });

  it('publishes a socket with the requested mode and owner only', async () => {
    const { looks, seen } = await watching(path, async () => {
      await startQemu(binary, command, options);
    });
    expect(looks).to.be.greaterThan(100);
    expect(seen.filter((sight) => !sight.startsWith('.'))).to.deep.equal([`agent.sock 660 12 ${nobody}`]);
    expect(
      seen.filter((sight) => sight.startsWith('.')).map((sight) => sight.replace(/^\S+ /, '')),
    ).to.deep.equal(['700 0 0']);
    expect(readdirSync(folder)).to.deep.equal(['agent.sock']);
  });

  it('does the same for a socket added to a QEMU with umask 0', async () => {
    const umask = process.umask(0);
    try {
      // With the arguments that libxl passes to a device model.
      const socket = join(dom0.directory, 'dm');
      const qemu = dom0.startQemu([
        ...['-xen-domid', '7', '-xen-attach', '-machine', 'xenpv', '-nodefaults', '-display', 'none'],
        ...['-qmp', `unix:${socket},server=on,wait=off`],
      ]);
      process.umask(umask);
      await qemu.isReady(() => existsSync(socket));
      expect((lstatSync(socket).mode & 0o777).toString(8)).to.equal('777');
      await withQmp(socket, async (qmp) => {
        const chardev = listening();
        const { seen } = await watching(path, async () => {
          for (let time = 0; time < 20; time++) {
            await addChardev(qmp, { id, chardev }, asked);
            await removeChardev(qmp, { id, chardev });
          }
          await addChardev(qmp, { id, chardev }, asked);
        });
        expect(new Set(seen.map((sight) => sight.replace(/^\.\S+/, 'private')))).to.deep.equal(
          new Set(['private 700 0 0', `agent.sock 660 12 ${nobody}`]),
        );
        expect(connectAs(nobody, nobody, path)).to.equal('connected');
        expect(connectAs(nobody, 13, path)).to.equal('EACCES');
      });
    } finally {
      process.umask(umask);
    }
  });

  it('binds a socket that no other user can reach before it is published', async () => {
    await startQemu(binary, { ...command, chardevs: [] }, options);
    await withQmp(qmpSocket(), async (qmp) => {
      const socket = await privateSocket(path);
      const addr = { type: 'unix', data: { path: socket.bindPath } };
      await qmp.execute(chardevAdd(id, { type: 'socket', data: { addr, server: true, wait: false } }));
      expect(connectAs(nobody, nobody, socket.bindPath)).to.equal('EACCES');
      expect(existsSync(path)).to.equal(false);
      await socket.publish({ mode: 0o666 });
      expect(connectAs(nobody, nobody, path)).to.equal('connected');
    });
  });

  it('replaces a dead socket and what an interrupted run has left, but nothing else', async () => {
    await startQemu(binary, command, options);
    await stopQemu({ ...command, chardevs: [] }, { abruptly: true });
    expect(readdirSync(folder)).to.deep.equal(['agent.sock']);
    await privateSocket(path);
    await startQemu(binary, command, options);
    await stopQemu(command);

    const server = createServer().listen(path);
    await once(server, 'listening');
    expect(String(await failure(startQemu(binary, command, options)))).to.contain(
      'in use by another process',
    );
    expect(existsSync(path)).to.equal(true);
    server.close();
    await once(server, 'close');

    writeFileSync(path, 'precious');
    expect(String(await failure(startQemu(binary, command, options)))).to.contain('is not a socket');
    expect(readFileSync(path, 'utf8')).to.equal('precious');
    expect(readdirSync(folder)).to.deep.equal(['agent.sock']);
  });

  it('is not started if a socket path is too long', async () => {
    const directory = join(folder, 'd'.repeat(80));
    mkdirSync(directory);
    path = join(directory, 's');
    expect(Buffer.byteLength(path)).to.be.lessThan(107);
    const error = await failure(
      startQemu(binary, { ...command, chardevs: [{ id, chardev: listening() }] }, options),
    );
    expect(error).to.include({ failure: 'socket' });
    expect(String(error)).to.contain('bytes too long for a socket');
    expect(existsSync(command.directory)).to.equal(false);
  });

  it('reports why it did not start, with its log, and leaves nothing behind', async () => {
    const chardevs = [
      ...command.chardevs,
      { id: chardevId('f'), chardev: { type: 'file', path: '/no/such/directory/f', append: true } },
    ] as const;
    writeFileSync(options.logFile, 'of an earlier day\n');
    const error = await failure(startQemu(binary, { ...command, chardevs }, options));
    expect(error).to.include({ failure: 'start' });
    expect(String(error))
      .to.contain('exited with exit status 1')
      .and.contain("Could not open '/no/such/directory/f'");
    expect(String(error)).not.to.contain('of an earlier day');
    expect(readdirSync(folder)).to.deep.equal([]);
    expect(existsSync(command.directory)).to.equal(false);
  });

  it('is not started twice in one directory', async () => {
    const { pid } = await startQemu(binary, command, options);
    expect(await failure(startQemu(binary, command, options))).to.include({ failure: 'running' });
    expect(await runningQemu(command.directory)).to.include({ pid });
    expect(existsSync(path)).to.equal(true);
  });

  it('that was killed is reported, cleaned up and restarted', async () => {
    const { pid, exited } = await startQemu(binary, command, options);
    process.kill(pid, 'SIGKILL');
    expect(await exited).to.equal('signal SIGKILL');
    expect(await runningQemu(command.directory)).to.equal(undefined);
    await startQemu(binary, command, options);
    await stopQemu(command);
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('that hangs is killed', async () => {
    const { pid, exited } = await startQemu(binary, command, options);
    process.kill(pid, 'SIGSTOP');
    await stopQemu(command, { timeoutMs: 200 });
    expect(await exited).to.equal('signal SIGKILL');
    expect(existsSync(command.directory)).to.equal(false);
  });

  it('whose monitor is in use is terminated anyway', async () => {
    const { exited } = await startQemu(binary, command, options);
    const other = await QmpClient.connect(qmpSocket());
    await stopQemu(command, { timeoutMs: 500 });
    expect(await exited).to.equal('exit status 0');
    other.close();
  });

  it('is not confused with another process that has its former process ID', async () => {
    const other = spawn('sleep', ['60']);
    try {
      mkdirSync(command.directory);
      writeFileSync(pidFileOf(command.directory), `${other.pid}\n`);
      expect(await runningQemu(command.directory)).to.equal(undefined);
      await stopQemu(command);
      expect(other.exitCode ?? other.signalCode).to.equal(null);
      expect(existsSync(command.directory)).to.equal(false);
    } finally {
      other.kill();
    }
  });

  it("serves its monitor's clients one after another", async () => {
    await startQemu(binary, command, options);
    const first = await QmpClient.connect(qmpSocket());
    const second = await failure(QmpClient.connect(qmpSocket(), { timeoutMs: 300 }));
    expect(second).to.include({ failure: 'busy' });
    first.close();
    const { running } = await withQmp(qmpSocket(), (qmp) => qmp.execute(queryStatus));
    expect(running).to.equal(true);
  });

  it('returns its own error messages', async () => {
    await startQemu(binary, command, options);
    await withQmp(qmpSocket(), async (qmp) => {
      expect(await failure(qmp.execute(chardevRemove('none')))).to.include({
        failure: 'refused',
        class: 'GenericError',
        desc: "Chardev 'none' not found",
      });
      expect(await failure(qmp.execute(chardevRemove('virt2xen-qmp')))).to.include({
        desc: "Chardev 'virt2xen-qmp' is busy",
      });
      expect(await failure(qmp.execute(chardevAdd(id, { type: 'null', data: {} })))).to.include({
        desc: "Chardev with id 'v2x-1' already exists",
      });
    });
  });

  it('reports its exit before the connection closes', async () => {
    await startQemu(binary, command, options);
    const qmp = await QmpClient.connect(qmpSocket());
    const names: string[] = [];
    const events = (async () => {
      for await (const { name } of qmp.events()) names.push(name);
    })();
    await qmp.execute(quit);
    await events;
    expect(names).to.deep.equal(['SHUTDOWN']);
    expect(await failure(qmp.execute(queryStatus))).to.include({ failure: 'closed' });
  });
});
