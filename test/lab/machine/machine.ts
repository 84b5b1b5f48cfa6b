/** A running lab: Xen and dom0 in QEMU, after a boot until dom0 accepts commands. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { connectDom0, waitFor, type Dom0 } from '../dom0/dom0.js';
import { imageOf, type Image } from '../image/image.js';
import { keepBootLog } from '../logs.js';
import type { Suite } from '../suites.js';
import { makeRunImage } from './run-image.js';
import { consoleLogOf } from './directory.js';
import { makeSsh, shareConnection } from './ssh.js';
import { otherEnd, wireArguments, wireOf, wireOptions, type Wire } from './wire.js';

export interface Machine extends AsyncDisposable {
  /** Contains the ssh configuration and the log of the console. */
  readonly directory: string;
  readonly dom0: Dom0;
  /** Resolves when QEMU has exited. */
  readonly ended: Promise<void>;
}

/** On an idle machine, a boot has taken 12 to 70 s. */
const bootLimitMs = 600_000;

interface BootOptions {
  /** The directory of another machine, for a second host on its network. */
  readonly connectedWith?: string;
}

/**
 * Boots a lab. In rare cases an emulated boot hangs, so a boot that does not reach dom0 is repeated once.
 * @throws if the second one does not reach it either, with the path of the console's log
 */
export async function boot(
  suite: Suite,
  say: (message: string) => void,
  { connectedWith }: BootOptions = {},
): Promise<Machine> {
  const image = await imageOf(suite);
  const wire = connectedWith === undefined ? undefined : otherEnd(wireOf(connectedWith));
  try {
    return await bootOnce(suite, image, wire);
  } catch (error) {
    say(`${inspect(error)}\nThe boot is tried once more.`);
    return bootOnce(suite, image, wire);
  }
}

/** @param given the end of a cable (default: the first end of a new one) */
async function bootOnce(suite: Suite, image: Image, given?: Wire): Promise<Machine> {
  const directory = mkdtempSync(join(tmpdir(), 'virt2xen-lab-'));
  const wire = given ?? wireOf(directory);
  const port = await freePort();
  const ssh = makeSsh(directory, port);
  const disk = makeRunImage(directory, image, ssh.server);
  const log = consoleLogOf(directory);
  const qemu = startQemu(suite.processors, [
    ...['-kernel', image.xen, '-append', xenOptions],
    ...['-initrd', `${image.vmlinux} ${linuxOptions} ${wireOptions(wire)},${image.initrd}`],
    ...['-drive', `file=${image.dom0},format=raw,if=virtio,snapshot=on`],
    ...['-drive', `file=${disk},format=raw,if=virtio,snapshot=on`],
    // A second copy of the same Debian as /dev/vdc: the disk of a guest (see guest/debian.ts).
    ...['-drive', `file=${image.dom0},format=raw,if=virtio,snapshot=on`],
    ...['-netdev', `user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:${port}-10.0.2.15:22`],
    ...['-device', 'virtio-net-pci,netdev=net,romfile='],
    ...wireArguments(wire),
    ...['-serial', `file:${log}`],
  ]);
  let complaints = '';
  qemu.stderr?.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  const ended = once(qemu, 'close').then(() => undefined);
  const kill = () => void qemu.kill('SIGKILL');
  process.on('exit', kill);

  async function stop(): Promise<void> {
    kill();
    await ended;
    process.off('exit', kill);
    rmSync(directory, { recursive: true });
  }

  try {
    await waitFor(
      'dom0',
      () => {
        if (qemu.exitCode !== null) throw new Error(`QEMU ended. ${complaints}`);
        const said = readLog(log);
        const failure = /^lab: failed: .*/m.exec(said);
        if (failure) throw new Error(failure[0]);
        return Promise.resolve(said.includes('lab: ready') || undefined);
      },
      bootLimitMs,
    );
  } catch (error) {
    const kept = keepBootLog(suite, log);
    await stop();
    throw new Error(`${suite.name} did not reach dom0, see ${kept}`, { cause: error });
  }

  const connection = shareConnection(ssh.config);
  const dom0 = connectDom0(ssh.config);
  return {
    directory,
    dom0,
    ended,
    [Symbol.asyncDispose]: async () => {
      await dom0.stopAll();
      // dom0 may power off before it answers.
      void dom0.attempt('echo o >/proc/sysrq-trigger').catch(() => undefined);
      await Promise.race([ended, sleep(30_000, undefined, { ref: false })]);
      connection.kill();
      await stop();
    },
  };
}

const xenOptions =
  'dom0_mem=1536M,max:1536M console=com1 com1=115200,8n1 loglvl=warning ' +
  // What firmware writes, too, but only some lines a second of it (emulator-faults.ts).
  'guest_loglvl=warning/all ' +
  // Switching page tables is expensive in an emulator, and a lab needs no such protection.
  'spec-ctrl=no xpti=no pv-l1tf=no';
const linuxOptions = 'console=hvc0 net.ifnames=0 mitigations=off quiet';

/** Emulated, so that it runs wherever QEMU does. It must not outlive its parent, however that exits. */
function startQemu(processors: number, args: readonly string[]): ChildProcess {
  const machine = [
    ...['-machine', 'q35', '-smp', String(processors), '-m', '2560'],
    // Virtual time advances with the executed instructions, 2 ns each: timeouts such as those of libxl do not
    // depend on the load of the host, and no processor waits for the lock of one that is not running.
    ...['-accel', 'tcg,thread=single', '-icount', 'shift=1,sleep=on'],
    // QEMU emulates AMD's SVM with nested paging, which Xen requires for PVH and HVM guests. With an Intel
    // model they crash in their first instructions; with rdtscp, Xen 4.17 cannot emulate one of them.
    ...['-cpu', 'Opteron_G3,+svm,+npt,-rdtscp'],
    ...['-display', 'none', '-monitor', 'none', '-no-reboot', '-nodefaults'],
  ];
  return spawn('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...machine, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // QEMU has not created it yet.
  }
}

/** Another process could use the port before QEMU does; then the boot is repeated. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  if (address === null || typeof address === 'string') throw new Error('no port on 127.0.0.1');
  return address.port;
}
