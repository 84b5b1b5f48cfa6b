import { expect } from 'chai';
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import { attach } from '../../../lib/realize/host/attach.js';
import { qemuDirectoryOf } from '../../../lib/realize/dom0/directory.js';
import { runningQemu, startedQemus } from '../../../lib/realize/qemu/pid.js';
import { commandPath } from '../../command.js';
import { lookAtSockets } from '../../../lib/realize/host/serving.js';
import { findPrograms } from '../programs.js';
import { pty, Scene, socket, uuid } from '../realize/scene.js';
import { findGuest, RunningAgent, suites } from './agents.js';

/** The real QEMU serves the channels, and the real agent answers; only the guest's console driver is ours. */
describe('virt2xen agent, send and receive through the channels of a domain', function () {
  this.timeout(300_000);
  const programs = findPrograms();
  const [suite] = suites;
  let scene: Scene;
  let agent: RunningAgent;
  let inside: Duplex;
  let link: Socket | undefined;

  beforeEach(async function () {
    const guest = suite && (await findGuest(suite));
    if (!programs || guest === undefined) return this.skip();
    scene = await Scene.start(programs);
    const channels = [socket('org.qemu.guest_agent.0', join(scene.folder, 'agent')), pty('terminal')];
    await attach(scene.host(), scene.domain, channels);
    agent = await RunningAgent.start(guest);
  });
  afterEach(async () => {
    link?.destroy();
    link = undefined;
    for (const { pid } of await startedQemus(qemuDirectory())) process.kill(pid, 'SIGKILL');
    await agent[Symbol.asyncDispose]();
    await scene[Symbol.asyncDispose]();
  });

  const qemuDirectory = (): string => qemuDirectoryOf(join(scene.runtime, uuid));

  /** Opens a channel in the guest, and connects the agent to it. */
  async function connectAgent(devid: number): Promise<void> {
    inside = await scene.guest.openConsole(devid);
    link = createConnection(agent.socket);
    link.on('error', () => undefined);
    inside.on('data', (bytes: Uint8Array | string) => link?.write(bytes, 'latin1'));
    link.setEncoding('latin1').on('data', (text: string) => inside.write(text, 'latin1'));
    await once(link, 'connect');
  }

  function start(...args: string[]) {
    const own = ['--runtime-dir', scene.runtime, '--timeout', '60'];
    const [command = '', ...rest] = args;
    const child = spawn(process.execPath, [commandPath, command, ...own, ...rest], {
      env: scene.dom0.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { status: null as number | null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
    return once(child, 'close').then(([status]) => ({ ...said, status: status as number | null }));
  }

  it('ask the agent through a socket and through a pty', async () => {
    await connectAgent(1);
    expect(await start('agent', 'guest', 'hostname')).to.deep.equal({
      status: 0,
      stdout: 'guest\n',
      stderr: '',
    });
    expect(await start('agent', 'guest', 'exec', '--', 'echo', 'ü')).to.include({ status: 0, stdout: 'ü\n' });
    link?.destroy();
    inside.destroy();
    await connectAgent(2);
    const through = await start('agent', 'guest', '--channel', 'terminal', 'hostname');
    expect(through).to.deep.equal({ status: 0, stdout: 'guest\n', stderr: '' });
  });

  it('report a channel that does not exist, and which there are', async () => {
    const { status, stderr } = await start('agent', 'guest', '--channel', 'missing', 'ping');
    expect(status).to.equal(3);
    expect(stderr).to.equal(
      'virt2xen: domain guest has no channel "missing"; it has "org.qemu.guest_agent.0", "terminal"\n',
    );
  });

  it('report that QEMU was killed while a program ran', async () => {
    await connectAgent(1);
    const running = start('agent', 'guest', 'exec', '--', 'sleep', '1000');
    await once(inside, 'data');
    process.kill((await runningQemu(qemuDirectory()))?.pid ?? 0, 'SIGKILL');
    const { status, stderr } = await running;
    expect(status).to.equal(255);
    expect(stderr).to.contain('the QEMU that served the channel has exited');
  });

  it('send a file byte for byte, and receive an exact number of bytes', async () => {
    inside = await scene.guest.openConsole(1);
    const bytes = randomBytes(5000);
    const file = join(scene.folder, 'data');
    writeFileSync(file, bytes);
    const arrived: Buffer[] = [];
    inside.on('data', (chunk: Uint8Array) => arrived.push(Buffer.from(chunk)));
    const sent = await start('send', 'guest', 'org.qemu.guest_agent.0', file);
    expect(sent).to.deep.equal({ status: 0, stdout: '', stderr: '5000 bytes sent\n' });
    while (Buffer.concat(arrived).length < bytes.length) await once(inside, 'data');
    expect(Buffer.concat(arrived).equals(bytes)).to.equal(true);

    const target = join(scene.folder, 'received');
    const receiving = start('receive', 'guest', 'org.qemu.guest_agent.0', target, '--bytes', '5000');
    // QEMU drops what the guest writes while no client is connected.
    while ((await lookAtSockets())(join(scene.folder, 'agent'))?.clients !== 1) await delay(20);
    inside.write(bytes);
    expect(await receiving).to.deep.equal({ status: 0, stdout: '', stderr: '5000 bytes received\n' });
    expect(readFileSync(target).equals(bytes)).to.equal(true);
  });
});
