import { expect } from 'chai';
import {
  attachChannels,
  expectEcho,
  fileChannel,
  openTerminal,
  ptyChannel,
  remainsOf,
  socketChannel,
} from '../channels.js';
import { guestConfig } from '../guest/guest.js';
import { scenario } from '../scenario.js';

const three = socketChannel('first') + ptyChannel('second') + fileChannel('third', '/run/lab/third.out');

describe('virt2xen attach', () => {
  scenario(
    'gives a running guest a socket, a pty and a file',
    { gate: ['pv', 'pvh', 'hvm'] },
    async (scene) => {
      const { dom0, type, create } = scene;
      const guest = await create('plain', guestConfig('plain', { type }));
      const before = await remainsOf(dom0, guest.domid);
      const [, second] = await attachChannels(dom0, guest, three);
      await guest.connected(['first', 'second', 'third']);

      await guest.echo(1);
      await expectEcho(dom0.connect('/run/lab/first.sock'), 'to the socket');
      await guest.echo(2);
      await expectEcho(openTerminal(dom0, second?.path ?? ''), 'to the pty');
      await guest.run('raw 3 && echo to the file >/dev/hvc3');
      await dom0.run('until grep -qx "to the file" /run/lab/third.out; do sleep 0.1; done');

      expect(await attachChannels(dom0, guest, three)).to.have.nested.property('[0].change', 'unchanged');
      await dom0.run(['virt2xen', 'detach', 'plain']);
      await guest.connected([]);
      expect(await remainsOf(dom0, guest.domid)).to.equal(before);
      expect(await dom0.run('ls /run/lab')).not.to.include('first.sock');
    },
  );

  scenario(
    'adds and takes channels while bytes flow',
    { gate: ['hvm'], all: ['pv', 'pvh'] },
    async (scene) => {
      const { dom0, type, create } = scene;
      const guest = await create('hot', guestConfig('hot', { type }));
      const [, second] = await attachChannels(dom0, guest, three);
      await guest.connected(['first', 'second', 'third']);
      await guest.echo(2);
      const terminal = openTerminal(dom0, second?.path ?? '');
      await expectEcho(terminal, 'before');

      await attachChannels(dom0, guest, three + socketChannel('fourth'));
      await guest.connected(['first', 'second', 'third', 'fourth']);
      await expectEcho(terminal, 'after one was added');
      await guest.echo(4);
      const fourth = dom0.connect('/run/lab/fourth.sock');
      await expectEcho(fourth, 'to the new one');

      await dom0.run(['virt2xen', 'detach', 'hot', 'first']);
      await guest.connected(['second', 'third', 'fourth']);
      await expectEcho(terminal, 'after one was taken');
      await expectEcho(fourth, 'to the new one again');
      await guest.run('raw 3 && echo to the file >/dev/hvc3');
      await dom0.run('until grep -qx "to the file" /run/lab/third.out; do sleep 0.1; done');
    },
  );
});
