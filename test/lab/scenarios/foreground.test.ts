import { expect } from 'chai';
import { expectEcho, ptyChannel, remainsOf, socketChannel, writeDocument } from '../channels.js';
import { guestConfig } from '../guest/guest.js';
import { scenario } from '../scenario.js';

describe('virt2xen attach --foreground', () => {
  scenario(
    'brings a killed QEMU back, and bytes flow again without the guest',
    { gate: ['pv'], all: ['pvh'] },
    async ({ dom0, type, create, measure }) => {
      const guest = await create('kept', guestConfig('kept', { type }));
      const file = await writeDocument(dom0, 'kept', socketChannel('first') + ptyChannel('second'), type);
      const keeper = dom0.start(['virt2xen', 'attach', '--foreground', 'kept', file]);
      await keeper.stderr.upTo('the channels are served\n');
      await guest.connected(['first', 'second']);
      await guest.echo(1);
      await expectEcho(dom0.connect('/run/lab/first.sock'), 'before');

      // In the time of dom0, which advances with executed instructions. socat exits one second after its input ends.
      const milliseconds = await dom0.run(`
      pid=$(xenstore-read /local/domain/${guest.domid}/image/device-model-pid)
      start=$(date +%s%N)
      kill -KILL "$pid"
      until echo again | socat -t 1 - UNIX-CONNECT:/run/lab/first.sock 2>/dev/null | grep -q echo:again; do :; done
      echo $((($(date +%s%N) - start) / 1000000))`);
      measure('from SIGKILL of QEMU to the first bytes, with --foreground', `${milliseconds} ms`);
      expect(await guest.run('true')).to.equal('');

      await keeper.stop('TERM');
      expect(await keeper.exited).to.equal(0);
      expect(await remainsOf(dom0, guest.domid)).to.equal('');
      await guest.connected([]);
    },
  );

  scenario(
    'ends when xl destroys the domain, and leaves nothing of it',
    { gate: ['pvh'], all: ['pv', 'hvm'] },
    async (scene) => {
      const { dom0, type, create } = scene;
      const guest = await create('doomed', guestConfig('doomed', { type }));
      const file = await writeDocument(dom0, 'doomed', socketChannel('first') + ptyChannel('second'), type);
      const keeper = dom0.start(['virt2xen', 'attach', '--foreground', 'doomed', file]);
      await keeper.stderr.upTo('the channels are served\n');
      await guest.connected(['first', 'second']);
      await dom0.run(['xl', 'destroy', 'doomed']);
      expect(await keeper.exited, keeper.stderr.text()).to.equal(0);
      expect(await remainsOf(dom0, guest.domid)).to.equal('');
      expect(await dom0.run('ls /run/lab')).not.to.include('first.sock');
    },
  );
});
