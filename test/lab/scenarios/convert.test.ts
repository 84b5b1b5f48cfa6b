import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { guestXml } from '../guest/guest.js';
import { scenario } from '../scenario.js';

/** In libvirt's XML for KVM. */
const channels = `
    <channel type='unix'>
      <source mode='bind' path='/run/lab/agent.sock'/>
      <target type='virtio' name='org.qemu.guest_agent.0'/>
    </channel>
    <channel type='pty'>
      <target type='virtio' name='org.example.second'/>
    </channel>`;

describe('a converted guest that plain xl starts', () => {
  scenario(
    'has every channel, and bytes go both ways',
    { gate: ['pvh', 'hvm'], all: ['pv'] },
    async (scene) => {
      const { dom0, suite, type, create } = scene;
      const config = await dom0.run(['virt2xen', 'convert', '--xen', suite.xen], {
        input: guestXml('converted', channels, type),
      });
      const guest = await create('converted', config);
      await guest.connected(['org.qemu.guest_agent.0', 'org.example.second']);

      await guest.echo(1);
      const agent = dom0.connect('/run/lab/agent.sock');
      agent.write('to the socket\n');
      expect(await agent.stdout.line()).to.equal('echo:to the socket');

      await guest.echo(2);
      const tty = await dom0.run(`xenstore-read /local/domain/${guest.domid}/device/console/2/tty`);
      const second = dom0.start(['socat', '-', `${tty},raw,echo=0`]);
      second.write('to the pty\n');
      expect(await second.stdout.line()).to.equal('echo:to the pty');
    },
  );

  scenario(
    'carries every byte as it is, in both directions',
    { gate: ['pv'], all: ['pvh', 'hvm'] },
    async (scene) => {
      const { dom0, suite, type, create } = scene;
      const config = await dom0.run(['virt2xen', 'convert', '--xen', suite.xen], {
        input: guestXml('bytes', channels, type),
      });
      const guest = await create('bytes', config);
      await guest.connected(['org.qemu.guest_agent.0', 'org.example.second']);
      const count = 100_000;
      const agent = dom0.connect('/run/lab/agent.sock');

      const bytes = randomBytes(count);
      const received = await guest.sink(1, count);
      agent.write(bytes);
      expect(await received.result()).to.equal(sha256(bytes));

      const sent = await guest.send(1, count);
      expect(sha256(await agent.stdout.bytes(count))).to.equal(await sent.result());
    },
  );

  scenario(
    'has its first channel, too, when convert is given the release of that Xen',
    { gate: ['pvh'], all: ['pv', 'hvm'] },
    async (scene) => {
      const { dom0, suite, type, create } = scene;
      const convert = (target: string): Promise<string> =>
        dom0.run(['virt2xen', 'convert', '--xen', target], { input: guestXml('first', channels, type) });
      // xl 4.17 gives the first entry the number of the primary console, which libxl drops.
      const untold = await create('first', await convert('4.21'));
      const names = ['org.qemu.guest_agent.0', 'org.example.second'];
      await untold.connected(suite.xen === '4.17' ? ['org.example.second'] : names);
      await dom0.run(['xl', 'destroy', 'first']);

      const told = await create('first', await convert(suite.xen));
      await told.connected(names);
      await told.echo(1);
      const first = dom0.connect('/run/lab/agent.sock');
      first.write('to the first\n');
      expect(await first.stdout.line()).to.equal('echo:to the first');
    },
  );
});

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
