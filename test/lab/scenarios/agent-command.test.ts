import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { askAgent, copyFiles } from '../agent-commands.js';
import { throughput, throughputTo } from '../channels.js';
import { waitFor, type Process } from '../dom0/dom0.js';
import { attachGuest, type Guest } from '../guest/guest.js';
import { agentChannels, agentName, agentSocket, createAgentGuest, startAgent } from '../guest/with-agent.js';
import { scenario, type Scene } from '../scenario.js';

const [pvConsole] = agentChannels;
/** An emulated guest is slow. */
const slow = ['--timeout', '120'];

/** qemu-ga runs the `shutdown` of a Linux distribution, which busybox does not have. */
const shutdownProgram = String.raw`mkdir -p /sbin; printf '#!/bin/sh\nexec poweroff -f\n' >/sbin/shutdown; chmod +x /sbin/shutdown`;

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

describe('virt2xen agent', () => {
  scenario('asks, runs programs, copies files and shuts the guest down', types, async (scene) => {
    const { dom0 } = scene;
    const guest = await createAgentGuest(scene, pvConsole);
    const raw = {
      fromGuest: await throughput(dom0, guest, 1, agentSocket),
      toGuest: await throughputTo(dom0, guest, 1, agentSocket),
    };
    await guest.agent(1);
    await askAgent(dom0, ['agent', ...slow]);
    await copyFiles(scene, ['agent', ...slow], { socket: agentSocket, over: 'PV console', raw });
    await guest.run(shutdownProgram);
    expect((await agent(scene, 'shutdown', '--json')).stdout).to.match(/"outcome": "(accepted|closed)"/);
    await waitFor('the end of the domain', async () =>
      (await dom0.attempt(['xl', 'domid', 'agent'])).status === 0 ? undefined : true,
    );
  });

  scenario('says that the domain has ended while a program ran', allTypes, async (scene) => {
    const guest = await createAgentGuest(scene, pvConsole);
    await guest.agent(1);
    const sleeping = await startSleep(scene, guest);
    await scene.dom0.run(['xl', 'destroy', 'agent']);
    expect(await sleeping.exited).to.equal(255);
    expect(sleeping.stderr.text()).to.contain('domain agent has ended');
  });

  for (const channel of agentChannels) {
    scenario(
      `says that the guest has rebooted while a program ran over a ${channel.over}, and finds it again`,
      channel.transport === 'pv-console' ? types : { gate: [], all: [channel.type] },
      async (scene) => {
        const { dom0, type } = scene;
        const guest = await createAgentGuest(scene, channel);
        await startAgent(guest, channel);
        const sleeping = await startSleep(scene, guest);
        await guest.job('sleep 1; reboot -f');
        expect(await sleeping.exited).to.equal(255);
        expect(sleeping.stderr.text()).to.match(/domain agent has (ended|rebooted)/);

        await waitFor('the new domain', async () => {
          const { stdout } = await dom0.attempt(['xl', 'domid', 'agent']);
          return Number(stdout) > guest.domid || undefined;
        });
        const again = await attachGuest(dom0, 'agent', type);
        if (channel.transport === 'pv-console') await again.connected([agentName]);
        const waiting = dom0.start(['virt2xen', 'agent', 'agent', ...slow, 'wait']);
        await startAgent(again, channel);
        expect(await waiting.exited).to.equal(0);
        expect(await agent(scene, 'ping')).to.include({ status: 0 });
      },
    );
  }

  scenario('sends a file through a channel, and receives one', allTypes, async (scene) => {
    const { dom0 } = scene;
    const guest = await createAgentGuest(scene, pvConsole);
    await dom0.run('head -c 200000 /dev/urandom >/run/lab/data');
    const sink = await guest.sink(1, 200_000);
    const sent = await dom0.attempt(['virt2xen', 'send', 'agent', agentName, '/run/lab/data'], {
      limitMs: 900_000,
    });
    expect(sent).to.include({ status: 0, stderr: '200000 bytes sent\n' });
    const [sum] = (await dom0.run('sha256sum /run/lab/data')).split(' ');
    expect(await sink.result()).to.contain(sum);

    const receiving = dom0.start([
      'virt2xen',
      'receive',
      'agent',
      agentName,
      '/run/lab/got',
      '--bytes',
      '200000',
    ]);
    await sleep(2000);
    const source = await guest.send(1, 200_000);
    expect([await receiving.exited, receiving.stderr.text()]).to.deep.equal([0, '200000 bytes received\n']);
    const [received = ''] = (await dom0.run('sha256sum /run/lab/got')).split(' ');
    expect(await source.result()).to.contain(received);
  });
});
