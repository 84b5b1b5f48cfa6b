import { expect } from 'chai';
import {
  attachChannels,
  expectEcho,
  numbered,
  ptyChannel,
  remainsOf,
  socketChannel,
  writeDocument,
} from '../channels.js';
import type { Dom0, Outcome } from '../dom0/dom0.js';
import { guestConfig } from '../guest/guest.js';
import { scenario } from '../scenario.js';

describe('virt2xen attach, when things go wrong', () => {
  scenario(
    'says what it cannot do, and changes nothing',
    { gate: [], all: ['pv', 'pvh', 'hvm'] },
    async (scene) => {
      const { dom0, type, create } = scene;
      const guest = await create('refused', guestConfig('refused', { type }));
      const attempt = async (channels: string, domain = 'refused'): Promise<Outcome> => {
        const file = await writeDocument(dom0, 'refused', channels, type);
        return await dom0.attempt(['virt2xen', 'attach', domain, file]);
      };
      const expectRefusal = async (outcome: Outcome, status: number, words: RegExp): Promise<void> => {
        expect(outcome.status, outcome.stderr).to.equal(status);
        expect(outcome.stderr).to.match(words);
        expect(await remainsOf(dom0, guest.domid)).to.equal(before);
      };
      let before = await remainsOf(dom0, guest.domid);
      if (type !== 'hvm') expect(before).to.equal('');

      await expectRefusal(await attempt(ptyChannel('a'), '31999'), 3, /domain '31999' not found/);
      await expectRefusal(
        await attempt(ptyChannel('a') + socketChannel('b', '/run/lab/absent/b.sock')),
        3,
        /\/run\/lab\/absent/,
      );
      const holder = dom0.start(['socat', 'UNIX-LISTEN:/run/lab/taken.sock,fork', 'PIPE']);
      await dom0.run('until test -S /run/lab/taken.sock; do sleep 0.1; done');
      await expectRefusal(
        await attempt(socketChannel('a', '/run/lab/taken.sock')),
        3,
        /\/run\/lab\/taken\.sock/,
      );
      await expectAnswer(dom0, '/run/lab/taken.sock');
      await holder.stop();

      const seven = numbered(7).map((name) => socketChannel(name));
      await attachChannels(dom0, guest, seven.join(''));
      await guest.connected(numbered(7));
      before = await remainsOf(dom0, guest.domid);
      await expectRefusal(await attempt([...seven, ptyChannel('eighth')].join('')), 1, /'eighth'/);
      await guest.echo(7);
      await expectEcho(dom0.connect('/run/lab/channel.7.sock'), 'to the seventh');
    },
  );

  scenario(
    'leaves nothing of a domain that xl destroys',
    { gate: ['hvm'], all: ['pv', 'pvh'] },
    async (scene) => {
      const { dom0, type, create } = scene;
      const guest = await create('destroyed', guestConfig('destroyed', { type }));
      await attachChannels(dom0, guest, socketChannel('first') + ptyChannel('second'));
      await guest.connected(['first', 'second']);
      const other = await create('other', guestConfig('other', { type }));
      await dom0.run(['xl', 'destroy', 'destroyed']);
      // Only virt2xen knows its socket and directory, and removes them in its next run.
      await attachChannels(dom0, other, '');
      expect(await remainsOf(dom0, guest.domid)).to.equal('');
      expect(await dom0.run('ls /run/lab')).not.to.include('first.sock');
    },
  );
});

/** Expects that the process with the socket still answers. */
async function expectAnswer(dom0: Dom0, socket: string): Promise<void> {
  const client = dom0.connect(socket);
  client.write('still there\n');
  expect(await client.stdout.line()).to.equal('still there');
}
