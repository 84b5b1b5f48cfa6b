import { expect } from 'chai';
import {
  attachChannels,
  expectEcho,
  ptyChannel,
  socketChannel,
  stalledClient,
  throughput,
} from '../channels.js';
import { agentOn } from '../guest/agent.js';
import { guestConfig } from '../guest/guest.js';
import { scenario } from '../scenario.js';

describe('channels that virt2xen attached', () => {
  scenario(
    "are served by libxl's device model where there is one",
    { gate: ['pv'], all: ['pvh', 'hvm'] },
    async (scene) => {
      const { dom0, suite, type, create } = scene;
      // xl 4.17 drops the first channel.
      const lost = suite.xen === '4.17' ? '"connection=pty,name=lost", ' : '';
      const guest = await create(
        'modelled',
        `${guestConfig('modelled', { type })}channel = [${lost}"connection=socket,path=/run/lab/xl.sock,name=of.xl"]\n`,
      );
      await guest.connected(['of.xl']);
      const channels = socketChannel('ours') + ptyChannel('terminal');
      const attached = await attachChannels(dom0, guest, channels);
      expect(attached).to.have.nested.property('[0].backend', 'device-model');
      await guest.connected(['of.xl', 'ours', 'terminal']);
      for (const [tty, path] of ['/run/lab/xl.sock', '/run/lab/ours.sock'].entries()) {
        await guest.echo(tty + 1);
        await expectEcho(dom0.connect(path), `to ${path}`);
      }
      await dom0.run(['virt2xen', 'detach', 'modelled']);
      await guest.connected(['of.xl']);
      const { stdout } = await dom0.attempt(['virt2xen', 'status', 'modelled']);
      expect(stdout).to.include('of.xl').and.not.to.include('ours');
    },
  );

  scenario(
    'do not wait for each other: where one client stalls, the rest keep their rate',
    { gate: ['pv'], all: ['pvh', 'hvm'] },
    async (scene) => {
      const { dom0, type, create, measure } = scene;
      const guest = await create('stalled', guestConfig('stalled', { type }));
      const channels = socketChannel('stalls') + socketChannel('flows');
      await attachChannels(dom0, guest, channels, ['--ring-buffer', '65536']);
      await guest.connected(['stalls', 'flows']);
      const before = await throughput(dom0, guest, 2, '/run/lab/flows.sock');
      await stalledClient(dom0, '/run/lab/stalls.sock');
      // What exceeds the limit is dropped; the guest never waits.
      const blocked = await guest.send(1, 1_000_000);
      const meanwhile = await throughput(dom0, guest, 2, '/run/lab/flows.sock');
      await blocked.result();
      const after = await throughput(dom0, guest, 2, '/run/lab/flows.sock');
      const ratio = (rate: number): string => (rate / before).toFixed(2);
      measure('rate of a channel while another fills up, of its rate alone', ratio(meanwhile));
      measure('rate of a channel beside one whose client has stalled, of its rate alone', ratio(after));
      // Equal, except for variations of the emulator.
      expect(after).to.be.greaterThan(before / 3);
      await guest.echo(2);
      await expectEcho(dom0.connect('/run/lab/flows.sock'), 'and back');
    },
  );

  scenario(
    "carry QEMU's guest agent",
    { gate: ['hvm'], all: ['pv', 'pvh'] },
    async ({ dom0, type, create }) => {
      const guest = await create('agent', guestConfig('agent', { type }));
      await attachChannels(dom0, guest, socketChannel('org.qemu.guest_agent.0'));
      await guest.connected(['org.qemu.guest_agent.0']);
      await guest.agent(1);
      const { ask } = agentOn(dom0.connect('/run/lab/org.qemu.guest_agent.0.sock'));
      expect(await ask('guest-sync', { id: 4711 })).to.equal(4711);
      expect(await ask('guest-info')).to.have.property('version');
    },
  );
});
