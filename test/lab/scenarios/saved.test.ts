import { expect } from 'chai';
import { attachChannels, expectEcho, ptyChannel, socketChannel } from '../channels.js';
import type { Dom0 } from '../dom0/dom0.js';
import { guestConfig, type Guest } from '../guest/guest.js';
import { scenario } from '../scenario.js';

const image = '/run/lab/saved.image';

describe('channels that virt2xen attached', () => {
  const channels = socketChannel('first') + ptyChannel('second');
  const types = { gate: ['pv'], all: ['pvh'] } as const;

  scenario('come back after xl save and xl restore', types, async ({ dom0, type, create, attach }) => {
    const guest = await create('saved', guestConfig('saved', { type }));
    await attachChannels(dom0, guest, channels);
    await guest.connected(['first', 'second']);
    await dom0.run(['xl', 'save', 'saved', image]);
    await dom0.run(['xl', 'restore', image]);
    const restored = await attach('saved');
    // The guest has continued without them.
    await attachChannels(dom0, restored, channels);
    await restored.connected(['first', 'second']);
    await restored.echo(1);
    await expectEcho(dom0.connect('/run/lab/first.sock'), 'after the restore');
  });

  scenario('are there when the guest goes on, if it was restored paused', types, async (scene) => {
    const { dom0, type, create, attach } = scene;
    const guest = await create('paused', guestConfig('paused', { type }));
    await attachChannels(dom0, guest, channels);
    await guest.connected(['first', 'second']);
    await dom0.run(['xl', 'save', 'paused', image]);
    await dom0.run(['xl', 'restore', '-p', image]);
    await attachChannels(dom0, guest, channels);
    await dom0.run(['xl', 'unpause', 'paused']);
    const restored = await attach('paused');
    await restored.connected(['first', 'second']);
    await restored.echo(1);
    await expectEcho(dom0.connect('/run/lab/first.sock'), 'after the restore');
    expect(await restored.run('dmesg')).not.to.include('reading other end details');
  });
});

describe("channels of xl's, and virt2xen's beside them", () => {
  const ours = socketChannel('ours');

  /** The device of each channel in the guest, which is the same after a restore. */
  const ttys = { 'of.xl': 1, ours: 2 } as const;
  const names = ['of.xl', 'ours'] as const;

  /** In the guest: the names of the channels whose programs have read the end of the file. */
  const ended = '/tmp/ended';

  /**
   * A Linux guest that resumes can close the event channel of another device in place of a console's (docs/operating.md).
   * It does not happen without the Xen keyboard, which the order of the devices depends on.
   */
  const withoutKeyboard = 'vkb_device = 0\n';

  scenario(
    'carry bytes after xl save and xl restore, once the programs in the guest have opened them again',
    { gate: ['hvm'], all: ['pv', 'pvh'] },
    async ({ dom0, suite, type, create, attach }) => {
      const lost = suite.xen === '4.17' ? '"connection=pty,name=pad", ' : '';
      const ofXl = `channel = [${lost}"connection=socket,path=/run/lab/of.xl.sock,name=of.xl"]\n`;
      const config = guestConfig('both', { type }) + (type === 'hvm' ? withoutKeyboard : '') + ofXl;
      const guest = await create('both', config);
      await guest.connected(['of.xl']);
      await attachChannels(dom0, guest, ours);
      await guest.connected(names);
      await echoOnBoth(dom0, guest);

      // Paused, so that all channels exist again when the guest continues.
      await dom0.run(['xl', 'save', 'both', image]);
      await dom0.run(['xl', 'restore', '-p', image]);
      await attachChannels(dom0, guest, ours);
      await dom0.run(['xl', 'unpause', 'both']);
      let restored = await attach('both');
      await restored.connected(names);
      await expectHungUp(restored);
      await echoOnBoth(dom0, restored);

      // The guest continues without the channels of attach; libxl has created its own again.
      await dom0.run(['xl', 'save', 'both', image]);
      await dom0.run(['xl', 'restore', image]);
      restored = await attach('both');
      await restored.run(
        `until [ "$(cat /sys/bus/xen/devices/console-1/state)" = Connected ]; do sleep 0.2; done`,
      );
      const attached = await attachChannels(dom0, restored, socketChannel('of.xl') + ours);
      expect(attached.map(({ name, change }) => `${name} ${change}`)).to.deep.equal([
        'of.xl foreign',
        'ours created',
      ]);
      await restored.connected(names);
      await expectHungUp(restored);
      await echoOnBoth(dom0, restored);
    },
  );

  /** Starts programs on both channels that answer until the end of the file, and expects answers. */
  async function echoOnBoth(dom0: Dom0, guest: Guest): Promise<void> {
    // For all channels first: a started program inherits the open terminals of this shell, even one that was hung up.
    await guest.run(`raw ${names.map((name) => ttys[name]).join(' ')}`);
    for (const name of names) {
      await guest.job(`echo_lines ${ttys[name]}; echo ${name} >>${ended}`);
      const client = dom0.connect(`/run/lab/${name}.sock`);
      await expectEcho(client, `to ${name}`);
      await client.stop();
    }
  }

  /** Linux hangs up the terminals when it resumes (hvc_xen.c: xencons_resume): readers get the end of the file. */
  async function expectHungUp(guest: Guest): Promise<void> {
    await guest.run('wait');
    expect(await guest.run(`sort ${ended}`)).to.equal(names.join('\n'));
    await guest.run(`rm ${ended}`);
  }
});
