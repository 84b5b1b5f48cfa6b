import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { askAgent, copyFiles } from '../agent-commands.js';
import { throughput } from '../channels.js';
import { waitFor, type Process } from '../dom0/dom0.js';
import { attachGuest, guestConfig, type Guest } from '../guest/guest.js';
import { scenario, type Scene } from '../scenario.js';

const name = 'org.qemu.guest_agent.0';
const socket = '/run/lab/agent.sock';
/** An emulated guest is slow. */
const slow = ['--timeout', '120'];

/** A guest with the agent's channel, made by xl. */
async function guestWithAgent({ create, suite, type }: Scene): Promise<Guest> {
  // xl 4.17 loses the first.
  const lost = suite.xen === '4.17' ? '"connection=pty,name=lost", ' : '';
  const channel = `"connection=socket,path=${socket},name=${name}"`;
  const guest = await create('agent', `${guestConfig('agent', { type })}channel = [${lost}${channel}]\n`);
  await guest.connected([name]);
  return guest;
}

/** qemu-ga runs the `shutdown` of a Linux distribution, which busybox does not have. */
const shutdownProgram = String.raw`mkdir -p /sbin; printf '#!/bin/sh\nexec poweroff -f\n' >/sbin/shutdown; chmod +x /sbin/shutdown`;

/**
 * Runs programs one after the other, in one process; each prints another text, and a wrong text is a failure. With a
 * number, so many in one session, which must all succeed. Without one, a program for each line of the standard input,
 * in a session of its own, again until it succeeds; what it failed with before is counted.
 */
const loop = `
import { createInterface } from 'node:readline';
import { exec } from '/opt/virt2xen/package/dist/lib/agent/index.js';
import { openSession } from '/opt/virt2xen/package/dist/lib/agent/node/index.js';
const count = process.argv[2];
// An agent that was killed does not answer: the deadline ends the call.
const timeoutMs = count === undefined ? 5000 : 20_000;
const open = () => openSession({ kind: 'socket', path: '${socket}' }, { purpose: 'lab', timeoutMs });
const echo = async (session, at) => {
  const { exitCode, stdout } = await exec(session, { path: 'echo', args: [String(at)] });
  const text = new TextDecoder().decode(stdout);
  if (exitCode !== 0 || text !== at + '\\n') throw new Error('program ' + at + ' printed ' + text);
};
let right = 0;
const failures = [];
if (count !== undefined) {
  const { session } = await open();
  for (; right < Number(count); right += 1) await echo(session, right);
  session.close();
} else {
  for await (const line of createInterface(process.stdin)) {
    for (let isRight = false; !isRight; ) {
      let opened;
      try {
        opened = await open();
        await echo(opened.session, line);
        isRight = true;
      } catch (error) {
        if (error.failure === undefined) throw error;
        failures.push(error.failure);
      } finally {
        await opened?.[Symbol.asyncDispose]();
      }
    }
    right += 1;
    console.log(line);
  }
}
const which = failures.length === 0 ? '' : ', ' + failures.length + ' failed (' + [...new Set(failures)].join(', ') + ')';
console.log(right + ' right' + which);
`;

async function writeLoop({ dom0 }: Scene): Promise<string> {
  await dom0.write('/run/lab/loop.mjs', loop);
  return '/run/lab/loop.mjs';
}

const runLoop = async (scene: Scene, words: readonly string[]) =>
  await scene.dom0.attempt(['node', await writeLoop(scene), ...words], { limitMs: 1_500_000 });

/** Starts a program in the guest that does not end by itself. */
async function startSleep(scene: Scene, guest: Guest): Promise<Process> {
  const sleeping = scene.dom0.start(['virt2xen', 'agent', 'agent', ...slow, 'exec', '--', 'sleep', '1000']);
  await waitFor('the program in the guest', async () =>
    (await guest.run('pidof sleep || true')) === '' ? undefined : true,
  );
  return sleeping;
}

const agent = ({ dom0 }: Scene, ...words: readonly string[]) =>
  dom0.attempt(['virt2xen', 'agent', 'agent', ...slow, ...words], { limitMs: 900_000 });

const types = { gate: ['pv'], all: ['pvh', 'hvm'] } as const;
/** The gate has no time for them. */
const allTypes = { gate: [], all: ['pv', 'pvh', 'hvm'] } as const;
/** What takes many minutes, because each process of the command takes two seconds in the lab. */
const longTypes = { gate: [], all: ['pv'] } as const;

describe('virt2xen agent', () => {
  scenario('asks, runs programs, copies files and shuts the guest down', types, async (scene) => {
    const { dom0 } = scene;
    const guest = await guestWithAgent(scene);
    const raw = await throughput(dom0, guest, 1, socket);
    await guest.agent(1);
    await askAgent(dom0, ['agent', ...slow]);
    await copyFiles(scene, ['agent', ...slow], { over: 'PV console', raw });
    await guest.run(shutdownProgram);
    expect((await agent(scene, 'shutdown', '--json')).stdout).to.match(/"outcome": "(accepted|closed)"/);
    await waitFor('the end of the domain', async () =>
      (await dom0.attempt(['xl', 'domid', 'agent'])).status === 0 ? undefined : true,
    );
  });

  scenario('runs 1,000 programs in a row', longTypes, async (scene) => {
    const guest = await guestWithAgent(scene);
    await guest.agent(1);
    const { stdout } = await runLoop(scene, ['1000']);
    expect(stdout).to.equal('1000 right\n');
  });

  scenario('survives an agent that is killed 200 times', longTypes, async (scene) => {
    const guest = await guestWithAgent(scene);
    await guest.agent(1);
    const running = scene.dom0.start(['node', await writeLoop(scene)]);
    for (let at = 1; at <= 200; at += 1) {
      running.write(`${at}\n`);
      await sleep((at % 10) * 50);
      await guest.run('killall -9 qemu-ga; true');
      await guest.agent(1);
      expect(await running.stdout.line(120_000)).to.equal(String(at));
    }
    running.end();
    expect(await running.exited, running.stderr.text()).to.equal(0);
    expect(running.stdout.text()).to.match(
      /^200 right(, [0-9]+ failed \((closed|restarted|timeout|[, ])+\))?\n$/,
    );
    scene.measure('programs while the agent was killed 200 times', running.stdout.text().trim());
    expect(await agent(scene, 'ping')).to.include({ status: 0 });
  });

  scenario('says that the domain has ended while a program ran', allTypes, async (scene) => {
    const guest = await guestWithAgent(scene);
    await guest.agent(1);
    const sleeping = await startSleep(scene, guest);
    await scene.dom0.run(['xl', 'destroy', 'agent']);
    expect(await sleeping.exited).to.equal(255);
    expect(sleeping.stderr.text()).to.contain('domain agent has ended');
  });

  scenario(
    'says that the guest has rebooted while a program ran, and finds it again',
    types,
    async (scene) => {
      const { dom0, type } = scene;
      const guest = await guestWithAgent(scene);
      await guest.agent(1);
      const sleeping = await startSleep(scene, guest);
      await guest.job('sleep 1; reboot -f');
      expect(await sleeping.exited).to.equal(255);
      expect(sleeping.stderr.text()).to.match(/domain agent has (ended|rebooted)/);

      await waitFor('the new domain', async () => {
        const { stdout } = await dom0.attempt(['xl', 'domid', 'agent']);
        return Number(stdout) > guest.domid || undefined;
      });
      const again = await attachGuest(dom0, 'agent', type);
      await again.connected([name]);
      const waiting = dom0.start(['virt2xen', 'agent', 'agent', ...slow, 'wait']);
      await again.agent(1);
      expect(await waiting.exited).to.equal(0);
      expect(await agent(scene, 'ping')).to.include({ status: 0 });
    },
  );

  scenario('sends a file through a channel, and receives one', allTypes, async (scene) => {
    const { dom0 } = scene;
    const guest = await guestWithAgent(scene);
    await dom0.run('head -c 200000 /dev/urandom >/run/lab/data');
    const sink = await guest.sink(1, 200_000);
    const sent = await dom0.attempt(['virt2xen', 'send', 'agent', name, '/run/lab/data'], {
      limitMs: 900_000,
    });
    expect(sent).to.include({ status: 0, stderr: '200000 bytes sent\n' });
    const [sum] = (await dom0.run('sha256sum /run/lab/data')).split(' ');
    expect(await sink.result()).to.contain(sum);

    const receiving = dom0.start(['virt2xen', 'receive', 'agent', name, '/run/lab/got', '--bytes', '200000']);
    await sleep(2000);
    const source = await guest.send(1, 200_000);
    expect([await receiving.exited, receiving.stderr.text()]).to.deep.equal([0, '200000 bytes received\n']);
    const [received = ''] = (await dom0.run('sha256sum /run/lab/got')).split(' ');
    expect(await source.result()).to.contain(received);
  });
});
