import { expect } from 'chai';
import {
  attachChannels,
  expectEcho,
  socketChannel,
  writeDocument,
  type AttachedChannel,
} from '../channels.js';
import type { Dom0 } from '../dom0/dom0.js';
import { guestConfig, guestXml, type Guest } from '../guest/guest.js';
import { echoOnPort, portDevice } from '../guest/ports.js';
import { scenario } from '../scenario.js';

describe('virtio-serial ports of a running HVM guest', () => {
  const image = '/run/lab/ports.image';
  const attachPort = async (
    dom0: Dom0,
    guest: Pick<Guest, 'name' | 'type'>,
    channels: string,
    options: readonly string[] = [],
  ): Promise<readonly AttachedChannel[]> =>
    await attachChannels(dom0, guest, channels, ['--transport', 'virtio-serial', ...options]);

  /** The config of a guest, with spare ports. */
  async function configOf(dom0: Dom0, name: string, sparePorts: number): Promise<string> {
    const config = guestConfig(name, { type: 'hvm' });
    await dom0.write('/run/lab/plain.cfg', config);
    return await dom0.run(`virt2xen convert --to xl --spare-ports ${sparePorts} /run/lab/plain.cfg`);
  }

  scenario(
    'take the place of a spare port: bytes, open and closed, save and restore',
    { gate: [], all: ['hvm'] },
    async ({ dom0, create, attach, measure }) => {
      const name = 'spare';
      const guest = await create(name, await configOf(dom0, name, 2));
      await guest.run('load_virtio', 60_000);
      const [attached] = await attachPort(dom0, guest, socketChannel('hot.port'));
      expect(attached).to.include({ name: 'hot.port', change: 'created', isSaved: true });
      const path = '/run/lab/hot.port.sock';
      await dom0.run(['virt2xen', 'wait', name, 'hot.port', '--for', 'closed', '--timeout', '60']);
      await echoOnPort(guest, await portDevice(guest, 'hot.port'));
      await dom0.run(['virt2xen', 'wait', name, 'hot.port', '--for', 'open', '--timeout', '60']);
      const client = dom0.connect(path);
      await expectEcho(client, 'before');
      await client.stop();
      const status = JSON.parse(await dom0.run(['virt2xen', 'status', name, '--json'])) as object;
      expect(status).to.include({ isSavable: true, sparePorts: 1 });
      await guest.run('kill $(cat /tmp/echo)');
      await dom0.run(['virt2xen', 'wait', name, 'hot.port', '--for', 'closed', '--timeout', '60']);
      measure('virtio-serial: a program in the guest opens and closes a port', 'reported');

      await dom0.run(['xl', 'save', name, image]);
      await dom0.run(['xl', 'restore', image]);
      const restored = await attach(name);
      const [again] = await attachPort(dom0, restored, socketChannel('hot.port'));
      expect(again).to.include({ name: 'hot.port', change: 'created', isSaved: true });
      await echoOnPort(restored, await portDevice(restored, 'hot.port'));
      await dom0.run(['virt2xen', 'wait', name, 'hot.port', '--for', 'open', '--timeout', '60']);
      await expectEcho(dom0.connect(path), 'after');
      measure('virtio-serial: hot-added in the place of a spare port, save and restore', 'works');

      await dom0.run(['virt2xen', 'detach', name]);
      await restored.run(`while grep -qx hot.port /sys/class/virtio-ports/*/name; do sleep 0.2; done`);
      expect(JSON.parse(await dom0.run(['virt2xen', 'status', name, '--json']))).to.include({
        isSavable: true,
        sparePorts: 2,
      });
    },
  );

  scenario(
    'without a spare port are rejected; on request, the guest is restored with the extended config',
    { gate: [], all: ['hvm'] },
    async ({ dom0, create, attach, measure }) => {
      const name = 'unsaved';
      const config = await configOf(dom0, name, 1);
      await dom0.write(`/run/lab/start.cfg`, config);
      const guest = await create(name, config);
      await guest.run('load_virtio', 60_000);
      const both = socketChannel('first.port') + socketChannel('second.port');
      const file = await writeDocument(dom0, name, both, 'hvm');
      const words = ['virt2xen', 'attach', name, file, '--transport', 'virtio-serial'];
      const refused = await dom0.attempt(words);
      expect(refused.status, refused.stderr).to.equal(1);
      expect(refused.stderr).to.include('no spare virtio-serial port').and.include('--allow-unsaved');
      const allowed = await dom0.attempt([...words, '--allow-unsaved']);
      expect(allowed.status, allowed.stderr).to.equal(0);
      expect(allowed.stderr).to.include('warning channel-unsaved');
      expect(await dom0.run('virt2xen list')).to.include('closed, unsaved');
      expect(JSON.parse(await dom0.run(['virt2xen', 'status', name, '--json']))).to.include({
        isSavable: false,
      });
      await portDevice(guest, 'second.port');

      await dom0.run(`virt2xen restore-config ${name} /run/lab/start.cfg >/run/lab/restore.cfg`);
      await dom0.run(['xl', 'save', name, image]);
      const failed = await dom0.attempt(['xl', 'restore', image]);
      expect(failed.status).not.to.equal(0);
      measure('virtio-serial: hot-added without a spare port, restore with the stored config', 'fails');
      // The file is unchanged.
      await dom0.run(['xl', 'restore', '/run/lab/restore.cfg', image]);
      const restored = await attach(name);
      expect(await restored.run('echo alive')).to.equal('alive');
      measure('virtio-serial: hot-added without a spare port, restore with the extended config', 'works');
      expect(JSON.parse(await dom0.run(['virt2xen', 'status', name, '--json']))).to.include({
        isSavable: true,
      });

      // The restored guest has the second port in its config; a third one is not in it.
      await attachPort(dom0, restored, both + socketChannel('third.port'), ['--allow-unsaved']);
      expect(await dom0.run(['virt2xen', 'detach', name, '--unsaved-ports'])).to.include('third.port');
      await dom0.run(['xl', 'save', name, image]);
      await dom0.run(['xl', 'restore', image]);
      expect(await (await attach(name)).run('echo alive')).to.equal('alive');
      measure('virtio-serial: unsaved port detached before the save, restore', 'works');
    },
  );

  scenario(
    'are kept by the daemon, with events: open and closed, a reboot',
    { gate: [], all: ['hvm'] },
    async ({ dom0, create, attach, measure }) => {
      const name = 'kept';
      const documents = '/run/lab/domains';
      await dom0.write(`${documents}/${name}.xml`, guestXml(name, socketChannel('kept.port'), 'hvm'));
      await dom0.write(`${documents}/${name}.options`, 'transport = virtio-serial\n');
      const daemon = dom0.start(['virt2xen', 'daemon', '--documents', documents]);
      await daemon.stderr.upTo('connected to xenstored\n');
      const events = dom0.start(['virt2xen', 'events']);
      await events.stdout.upTo('1 valid document\n');
      const use = async (guest: Guest, line: string): Promise<void> => {
        await guest.run('load_virtio', 60_000);
        await echoOnPort(guest, await portDevice(guest, 'kept.port'));
        await events.stdout.upTo(`channel 'kept.port' opened by a program in the guest\n`);
        await expectEcho(dom0.connect('/run/lab/kept.port.sock'), line);
      };
      const guest = await create(name, await configOf(dom0, name, 1));
      await use(guest, 'before');
      await guest.run('kill $(cat /tmp/echo)');
      await events.stdout.upTo(`channel 'kept.port' not open in the guest any more\n`);
      measure('virtio-serial: events of a port that is opened and closed', 'reported');

      await guest.job('reboot -f');
      await dom0.run(
        `until domid=$(xl domid ${name} 2>/dev/null) && [ "$domid" -gt ${guest.domid} ]; do sleep 1; done`,
        { limitMs: 300_000 },
      );
      await use(await attach(name), 'after');
      measure('virtio-serial: a port of the daemon after a reboot', 'works');
      await daemon.stop();
    },
  );

  scenario(
    'are beside the port of the agent of SPICE',
    { gate: [], all: ['hvm'] },
    async ({ dom0, create, measure }) => {
      const config = await configOf(dom0, 'spice', 1);
      const guest = await create(
        'spice',
        `${config}\nspice = 1\nspicehost = "127.0.0.1"\nspiceport = 5999\nspicedisable_ticketing = 1\nspicevdagent = 1\n`,
      );
      await guest.run('load_virtio', 60_000);
      await portDevice(guest, 'com.redhat.spice.0');
      await portDevice(guest, 'virt2xen.spare.30');
      const { ports } = JSON.parse(await dom0.run(['virt2xen', 'status', 'spice', '--json'])) as {
        readonly ports: readonly { readonly name: string }[];
      };
      expect(ports.map(({ name }) => name)).to.deep.equal(['com.redhat.spice.0']);
      measure('virtio-serial: the port of spice-vdagent, served by QEMU', 'exists in the guest');
    },
  );
});
