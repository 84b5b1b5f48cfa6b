import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { attach } from '../../../lib/realize/host/attach.js';
import { qemuDirectoryOf } from '../../../lib/realize/dom0/directory.js';
import { runningQemu, startedQemus } from '../../../lib/realize/qemu/pid.js';
import { xenstorePath } from '../../../lib/realize/xenstore/path.js';
import { commandPath } from '../../command.js';
import { findPrograms } from '../programs.js';
import { domid, pty, Scene, socket, uuid } from './scene.js';

/** The command, running in the background. */
class Command {
  readonly #child: ChildProcess;
  readonly status: Promise<number | null>;
  stdout = '';
  stderr = '';

  constructor(args: readonly string[], environment: Readonly<Record<string, string>>) {
    this.#child = spawn(process.execPath, [commandPath, ...args], { env: environment });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.status = once(this.#child, 'close').then(([status]) => status as number | null);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits until standard output matches a pattern. */
  async prints(pattern: string): Promise<void> {
    while (!new RegExp(pattern).test(this.stdout)) await once(this.#child.stdout!, 'data');
  }

  /** Waits until standard error contains a text a number of times. */
  async says(text: string, times = 1): Promise<void> {
    const isOver = this.status.then(() => {
      throw new Error(`it ended without saying '${text}': ${this.stderr}`);
    });
    isOver.catch(() => undefined);
    while (this.stderr.split(text).length <= times) {
      await Promise.race([once(this.#child.stderr!, 'data'), isOver]);
    }
  }
}

describe('the commands for running domains', function () {
  const programs = findPrograms();
  let scene: Scene;
  let agent: string;
  const started: Command[] = [];

  beforeEach(async function () {
    if (!programs) return this.skip();
    scene = await Scene.start(programs);
    agent = join(scene.folder, 'agent');
  });
  afterEach(async () => {
    for (const command of started.splice(0)) command.kill('SIGKILL');
    for (const { pid } of await startedQemus(qemuDirectory())) process.kill(pid, 'SIGKILL');
    await scene[Symbol.asyncDispose]();
  });

  const qemuDirectory = (): string => qemuDirectoryOf(join(scene.runtime, uuid));
  function start(...args: string[]): Command {
    const command = new Command(args, scene.dom0.environment);
    started.push(command);
    return command;
  }

  async function run(
    ...args: string[]
  ): Promise<Pick<Command, 'stdout' | 'stderr'> & { status: number | null }> {
    const command = start(...args);
    return { status: await command.status, stdout: command.stdout, stderr: command.stderr };
  }

  const attachTwo = () => attach(scene.host(), scene.domain, [socket('agent', agent), pty('con\x1bsole')]);

  it('list the channels, as a table and as JSON', async () => {
    expect(await run('list')).to.deep.equal({
      status: 0,
      stdout: 'ID  DOMAIN  DEVID  CHANNEL  STATE  CREATED BY  ENDPOINT\n',
      stderr: '',
    });
    await attachTwo();
    const { status, stdout, stderr } = await run('list');
    expect([status, stderr]).to.deep.equal([0, '']);
    const [heading = '', first = '', second = ''] = stdout.split('\n');
    expect(first).to.match(/^7 +guest +1 +agent +waiting +virt2xen +socket \S+\/agent$/);
    expect(second).to.match(/^7 +guest +2 +con\\x1bsole +waiting +virt2xen +pty \/dev\/pts\/\d+$/);
    for (const [title, text] of [
      ['DEVID', '1 '],
      ['CHANNEL', 'agent '],
      ['STATE', 'waiting'],
    ] as const) {
      expect(first.slice(heading.indexOf(title)).startsWith(text), title).to.equal(true);
    }
    const { domains } = JSON.parse((await run('list', '--json')).stdout) as { domains: object[] };
    expect(domains[0]).to.deep.include({ domain: { domid, name: 'guest', uuid } });
  });

  it("accept the domain's ID, name or UUID", async () => {
    await attachTwo();
    for (const text of [String(domid), 'guest', uuid]) {
      const { status, stdout } = await run('status', text, '--json');
      expect(status).to.equal(0);
      const { channels } = JSON.parse(stdout) as { channels: object[] };
      expect(channels[0]).to.deep.include({
        devid: 1,
        name: 'agent',
        createdBy: 'virt2xen',
        frontendState: 'initialising',
        backendState: 'init-wait',
        endpoint: { kind: 'socket', path: agent },
        queues: { clients: 0, pending: 0, toGuestBytes: 0, toHostBytes: 0 },
      });
    }
    const { pid = 0 } = (await runningQemu(qemuDirectory())) ?? {};
    const { stdout } = await run('status', 'guest', '--runtime-dir', scene.runtime);
    expect(stdout).to.match(/^DEVID +CHANNEL +GUEST +BACKEND +SERVED BY +ENDPOINT +CLIENTS +BUFFERED\n/);
    expect(stdout).to.match(
      /\n1 +agent +initialising +init-wait +qemu .*socket \S+ +0 +0 to guest, 0 to host\n/,
    );
    expect(stdout).to.contain(String(pid));
  });

  it('draw the path of each channel, with its states', async () => {
    await attachTwo();
    const { status, stdout } = await run('status', 'guest', '--diagram', '--runtime-dir', scene.runtime);
    expect(status).to.equal(0);
    const [first = '', second = ''] = stdout.split('\n\nchannel 2: ');
    expect(first).to.match(/^channel 1: agent\n\n {2}host +program +connects to the socket\n/);
    expect(first).to.match(/Unix socket +\[0 clients\]\n +\| +\S+\/agent\n/);
    expect(first).to.match(/QEMU +\[init-wait\]\n +\| +process [0-9]/);
    expect(first).to.match(/ring page +\[waiting\][^]*guest +device +\[initialising\]/);
    expect(second).to.match(/^con\\x1bsole\n[^]*terminal +\/dev\/pts\/[0-9]+\n/);
    expect((await run('status', 'guest', '--diagram', '--json')).status).to.equal(2);
  });

  it('fail with 3 if the domain does not exist, or without xenstored', async () => {
    const missing = await run('status', 'nobody');
    expect(missing).to.deep.equal({
      status: 3,
      stdout: '',
      stderr: "virt2xen: domain 'nobody' not found\n",
    });
    const json = await run('status', 'nobody', '--json');
    expect([json.status, JSON.parse(json.stdout)]).to.deep.equal([3, { error: "domain 'nobody' not found" }]);
    const nowhere = new Command(['list'], { ...scene.dom0.environment, XENSTORED_PATH: '/no/such/socket' });
    expect(await nowhere.status).to.equal(3);
    expect(nowhere.stderr).to.match(/cannot connect to xenstored.*\/no\/such\/socket/);
  });

  it('wait for a guest, or time out', async () => {
    await attachTwo();
    const late = await run('wait', 'guest', 'agent', '--timeout', '0.1');
    expect([late.status, late.stdout]).to.deep.equal([1, '']);
    expect(late.stderr).to.equal(
      "virt2xen: channel 'agent' of guest not connected: timeout after 0.1 s, state is waiting\n",
    );
    const absent = await run('wait', 'guest', 'none', '--timeout', '0.1', '--json');
    expect([absent.status, JSON.parse(absent.stdout)]).to.deep.equal([
      1,
      { domain: { domid, name: 'guest', uuid }, outcome: 'timeout' },
    ]);

    const waiting = start('wait', 'guest', 'agent', '--for', 'connected');
    const inside = await scene.guest.openConsole(1);
    expect(await waiting.status).to.equal(0);
    expect([waiting.stdout, waiting.stderr]).to.deep.equal(['', '']);
    const gone = start('wait', 'guest', 'agent', '--for', 'disconnected');
    await scene.store.write(xenstorePath(`/local/domain/${domid}/device/console/1/state`), '6');
    expect(await gone.status).to.equal(0);
    inside.destroy();
  });

  it('attach in the foreground: QEMU is restarted, and SIGTERM detaches', async () => {
    const before = await scene.dump();
    const document = join(scene.dom0.directory, 'guest.cfg');
    writeFileSync(
      document,
      `name = "guest"\ntype = "pv"\nkernel = "/k"\nchannel = [ "connection=socket,path=${agent},name=agent" ]\n`,
    );
    const places = ['--runtime-dir', scene.runtime, '--qemu', programs!.qemu];
    const command = start('attach', 'guest', document, '--foreground', ...places);
    await command.says('are served\n');
    const inside = (await scene.guest.openConsole(1)).setEncoding('utf8');
    process.kill((await runningQemu(qemuDirectory()))?.pid ?? 0, 'SIGKILL');
    await command.says('served again');
    expect(command.stderr).to.match(/QEMU \(pid \d+\) exited; restarting now/);
    const outside = createConnection(agent);
    await once(outside, 'connect');
    outside.write('still here');
    expect(await once(inside, 'data')).to.deep.equal(['still here']);
    outside.destroy();
    inside.destroy();

    command.kill('SIGTERM');
    expect(await command.status).to.equal(0);
    expect(command.stdout).to.match(/^created +1 +"agent" +\S+\/agent\n$/);
    expect(command.stderr).to.match(/detached on request\n$/);
    expect(await scene.dump()).to.deep.equal(before);
    expect(readdirSync(scene.folder)).to.deep.equal([]);
    expect(readdirSync(scene.runtime)).to.deep.equal([]);
  });

  it('run the daemon: SIGHUP reloads, SIGTERM ends it, and QEMU keeps serving', async () => {
    const documents = join(scene.dom0.directory, 'd');
    const control = join(scene.dom0.directory, 'control');
    const places = ['--documents', documents, '--runtime-dir', scene.runtime, '--control', control];
    const daemon = start('daemon', ...places, '--qemu', programs!.qemu);
    await daemon.says('connected to xenstored');
    const events = start('events', '--json', '--control', control);
    const text = start('events', '--control', control);
    for (const one of [events, text]) await one.prints('documents-loaded|valid documents');
    writeFileSync(
      join(documents, 'guest.cfg'),
      `name = "guest"\ntype = "pv"\nkernel = "/k"\nchannel = [ "connection=socket,path=${agent},name=agent" ]\n`,
    );
    await daemon.says("domain 7 (guest): channel 'agent' attached");
    daemon.kill('SIGHUP');
    await daemon.says('1 valid document', 2);
    const { pid = 0 } = (await runningQemu(qemuDirectory())) ?? {};
    daemon.kill('SIGTERM');
    expect(await daemon.status).to.equal(0);
    expect([await events.status, await text.status]).to.deep.equal([3, 3]);
    const reported = events.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string });
    const added = reported.find(({ event }) => event === 'channel-added');
    expect(added).to.deep.include({ channel: 'agent', domain: { domid, name: 'guest', uuid } });
    expect(text.stdout).to.match(/^\S+Z domain 7 \(guest\): channel 'agent' attached$/m);
    expect((await run('events', '--control', control)).stderr).to.match(
      /^virt2xen: the daemon does not run: no process listens on /,
    );
    expect((await runningQemu(qemuDirectory()))?.pid).to.equal(pid);
    // Another one adopts it, and can be stopped as well.
    const next = start('daemon', ...places);
    await next.says('connected to xenstored');
    next.kill('SIGTERM');
    expect(await next.status).to.equal(0);
    expect((await runningQemu(qemuDirectory()))?.pid).to.equal(pid);
  });

  it('attach and detach persistently, for a domain that runs, and for one that does not yet', async () => {
    const documents = join(scene.dom0.directory, 'd');
    const document = join(scene.dom0.directory, 'guest.cfg');
    writeFileSync(
      document,
      `name = "guest"\ntype = "pv"\nkernel = "/k"\nchannel = [ "connection=socket,path=${agent},name=agent", "connection=pty,name=p" ]\n`,
    );
    const places = ['--documents', documents, '--runtime-dir', scene.runtime, '--qemu', programs!.qemu];
    const made = await run('attach', 'guest', document, '--persistent', '--socket-mode', '0660', ...places);
    expect(made.status, made.stderr).to.equal(0);
    expect(readdirSync(documents)).to.have.members(['guest.cfg', 'guest.options']);
    expect(await run('detach', 'guest', 'p', '--persistent', ...places)).to.deep.include({
      status: 0,
      stdout: 'removed  "p"\n',
    });
    expect((await run('detach', 'guest', '--persistent', ...places)).stdout).to.equal('removed  "agent"\n');
    expect(readdirSync(documents)).to.deep.equal([]);
    const later = await run('attach', 'later', document, '--persistent', ...places);
    expect(later.stderr).to.match(/"later" does not run; the daemon attaches its channels when it starts\n$/);
    expect(readdirSync(documents)).to.have.members(['later.cfg', 'later.options']);
    expect((await run('detach', 'later', '--persistent', ...places)).status).to.equal(0);
    expect((await run('detach', 'later', '--persistent', ...places)).stderr).to.match(/has no document/);
    expect(readdirSync(documents)).to.deep.equal([]);
  });

  it('check the host', async () => {
    await attachTwo();
    process.kill((await runningQemu(qemuDirectory()))?.pid ?? 0, 'SIGKILL');
    const { status, stdout } = await run('doctor', '--runtime-dir', scene.runtime, '--qemu', programs!.qemu);
    expect(stdout).to.match(/^ok +xenstored: listening on /m);
    expect(stdout).to.match(/^ok +qemu: \S+, version \d+\.\d+\.\d+$/m);
    expect(stdout).to.match(/^error +hypervisor: .*\n +fix: /m);
    expect(status).to.equal(1);
    const json = await run('doctor', '--runtime-dir', '/dev/null', '--qemu', '/no/qemu', '--json');
    const { findings } = JSON.parse(json.stdout) as { findings: { check: string; severity: string }[] };
    const wrong = findings.filter(({ severity }) => severity === 'error').map(({ check }) => check);
    expect(wrong).to.include.members(['hypervisor', 'qemu', 'runtime directory']);
    expect(json.status).to.equal(1);
  });
});
