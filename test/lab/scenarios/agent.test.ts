import { expect } from 'chai';
import { agentOn } from '../guest/agent.js';
import { guestConfig } from '../guest/guest.js';
import { scenario } from '../scenario.js';

describe("QEMU's guest agent", () => {
  scenario(
    'answers through the socket of a channel',
    { gate: ['pv'], all: ['pvh', 'hvm'] },
    async (scene) => {
      const { dom0, suite, type, create } = scene;
      // xl 4.17 drops the first channel.
      const lost = suite.xen === '4.17' ? '"connection=pty,name=lost", ' : '';
      const guest = await create(
        'agent',
        `${guestConfig('agent', { type })}channel = [${lost}"connection=socket,path=/run/lab/agent.sock,name=org.qemu.guest_agent.0"]\n`,
      );
      await guest.connected(['org.qemu.guest_agent.0']);
      await guest.agent(1);

      const { ask } = agentOn(dom0.connect('/run/lab/agent.sock'));
      expect(await ask('guest-sync', { id: 4711 })).to.equal(4711);
      expect(await ask('guest-info')).to.have.property('version');
      expect(await ask('guest-get-osinfo')).to.include({ 'kernel-release': await dom0.run('uname -r') });
    },
  );
});
