import { expect } from 'chai';
import {
  attachChannels,
  expectEcho,
  ptyChannel,
  remainsOf,
  socketChannel,
  writeDocument,
} from '../channels.js';
import { guestConfig } from '../guest/guest.js';
import { scenario } from '../scenario.js';

describe('a device model that is killed', () => {
  scenario(
    'is reported, and its channels can be detached: only a new domain gets another',
    { gate: ['hvm'] },
    async ({ dom0, type, create }) => {
      const guest = await create('headless', guestConfig('headless', { type }));
      const channels = socketChannel('first') + ptyChannel('second');
      await attachChannels(dom0, guest, channels);
      await guest.connected(['first', 'second']);
      await guest.echo(1);
      await expectEcho(dom0.connect('/run/lab/first.sock'), 'before');

      await dom0.run(`
        pid=$(xenstore-read /local/domain/${guest.domid}/image/device-model-pid)
        kill -KILL "$pid"
        while grep -qs ^State:.[^Z] /proc/$pid/status; do sleep 0.1; done`);
      // The guest continues as long as it does not access an emulated device.
      expect(await guest.run('echo alive')).to.equal('alive');
      const file = await writeDocument(dom0, 'headless', channels + socketChannel('third'), type);
      const { status, stderr } = await dom0.attempt(['virt2xen', 'attach', 'headless', file]);
      expect(status, stderr).to.equal(3);
      expect(stderr).to.include(`no answer from the device model of domain ${guest.domid}`);

      await dom0.run(['virt2xen', 'detach', 'headless']);
      await guest.connected([]);
      expect(await dom0.run('ls -A /run/virt2xen; ls /run/lab')).not.to.match(/^domain-|first\.sock/m);
      await dom0.run(['xl', 'destroy', 'headless']);
      expect(await remainsOf(dom0, guest.domid)).to.equal('');
    },
  );
});
