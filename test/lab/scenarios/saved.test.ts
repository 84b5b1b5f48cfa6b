import { expect } from 'chai';
import { attachChannels, expectEcho, ptyChannel, socketChannel } from '../channels.js';
import { guestConfig } from '../guest/guest.js';
import { scenario } from '../scenario.js';

describe('channels that virt2xen attached', () => {
  const channels = socketChannel('first') + ptyChannel('second');

  scenario('come back after xl save and xl restore', async ({ dom0, create, attach }) => {
    const guest = await create('saved', guestConfig('saved'));
    await attachChannels(dom0, guest, channels);
    await guest.connected(['first', 'second']);
    await dom0.run(['xl', 'save', 'saved', '/run/lab/saved.image']);
    await dom0.run(['xl', 'restore', '/run/lab/saved.image']);
    const restored = await attach('saved');
    // The guest has gone on without them.
    await attachChannels(dom0, restored, channels);
    await restored.connected(['first', 'second']);
    await restored.echo(1);
    await expectEcho(dom0.connect('/run/lab/first.sock'), 'after the restore');
  });

  scenario('are there when the guest goes on, if it was restored paused', async (scene) => {
    const { dom0, create, attach } = scene;
    const guest = await create('paused', guestConfig('paused'));
    await attachChannels(dom0, guest, channels);
    await guest.connected(['first', 'second']);
    await dom0.run(['xl', 'save', 'paused', '/run/lab/paused.image']);
    await dom0.run(['xl', 'restore', '-p', '/run/lab/paused.image']);
    await attachChannels(dom0, guest, channels);
    await dom0.run(['xl', 'unpause', 'paused']);
    const restored = await attach('paused');
    await restored.connected(['first', 'second']);
    await restored.echo(1);
    await expectEcho(dom0.connect('/run/lab/first.sock'), 'after the restore');
    expect(await restored.run('dmesg')).not.to.include('reading other end details');
  });
});
