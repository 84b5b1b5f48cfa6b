import { expect } from 'chai';
import { askAgent, copyFiles } from '../agent-commands.js';
import {
  attachChannels,
  expectEcho,
  rateOf,
  roundTrip,
  socketChannel,
  writeDocument,
  type AttachedChannel,
} from '../channels.js';
import type { Dom0 } from '../dom0/dom0.js';
import { agentOn } from '../guest/agent.js';
import { debianBootDisk, debianDisk, prepareDebian } from '../guest/debian.js';
import { guestConfig, guestXml, withBootDisk, type Guest } from '../guest/guest.js';
import { echoOnPort, portDevice } from '../guest/ports.js';
import {
  connectByVdsm,
  documentOf,
  prepareHost,
  startByVdsm,
  withoutPassword,
} from '../managers/managers.js';
import { scenario, type Scene } from '../scenario.js';

const socket = '/var/lib/libvirt/qemu/channels/4b7d0c9e-51a3-4e0c-8a67-1f2ce80d6b34.org.qemu.guest_agent.0';
const image = '/run/lab/engine.image';

/** Waits until the agent answers VDSM; QEMU serves one client at a time, so VDSM leaves again. */
async function answerVdsm(dom0: Dom0): Promise<void> {
  const client = await connectByVdsm(dom0, socket);
  await agentOn(client).sync();
  await client.stop();
}

/** libxl saves no guest with virtual NUMA, and VDSM gives each guest a cell. */
const withoutNuma = (xml: string): string => xml.replace(/<numa>[^]*?<\/numa>/, '');

describe('an HVM guest of VDSM without the guest kit', () => {
  /** Starts the guest by VDSM's hook, and waits until its agent answers VDSM. */
  async function startGuest({ dom0, measure }: Scene): Promise<void> {
    await prepareHost(dom0, debianDisk);
    await prepareDebian(dom0, { kit: false });
    await dom0.run('virt2xen hook install vdsm');
    const xml = withoutNuma(withBootDisk(withoutPassword(documentOf('ovirt')), debianBootDisk));
    await startByVdsm(dom0, xml, { vmId: 'unused', virt2xen: 'transport=virtio-serial' });
    await answerVdsm(dom0);
    measure('virtio-serial: agent in an unprepared guest', 'answers');
  }
  const target = ['--socket', socket, '--timeout', '120'];

  scenario('has its agent on a virtio-serial port', { gate: ['hvm'] }, async (scene) => {
    await startGuest(scene);
    await askAgent(scene.dom0, target);
  });

  scenario('copies files through a virtio-serial port', { gate: [], all: ['hvm'] }, async (scene) => {
    await startGuest(scene);
    await copyFiles(scene, target, { socket, over: 'virtio-serial port' });
  });

  scenario(
    'has its agent on a virtio-serial port after a save and restore',
    { gate: [], all: ['hvm'] },
    async (scene) => {
      const { dom0, measure } = scene;
      await startGuest(scene);
      await dom0.run(['virsh', '-c', 'xen:///system', 'save', 'engine-lab', image]);
      await dom0.run(['virsh', '-c', 'xen:///system', 'restore', image]);
      await answerVdsm(dom0);
      measure('virtio-serial: agent after save and restore', 'answers');
    },
  );

  scenario(
    'is measured with a PV console and a virtio-serial port side by side',
    { gate: [], all: ['hvm'] },
    async ({ dom0, measure }) => {
      await prepareHost(dom0, debianDisk);
      await prepareDebian(dom0, { kit: false });
      await dom0.run('virt2xen hook install vdsm');
      const xml = withBootDisk(withoutPassword(documentOf('ovirt')), debianBootDisk);
      const more = xml.replace('</devices>', `${socketChannel('lab.virtio')}</devices>`);
      await startByVdsm(dom0, more, { vmId: 'unused', virt2xen: 'transport=virtio-serial' });
      const inGuest = async (line: string): Promise<unknown> =>
        await dom0.run(
          ['virt2xen', 'agent', '--socket', socket, '--timeout', '120', 'exec', '--', 'sh', '-c', line],
          { limitMs: 300_000 },
        );
      await answerVdsm(dom0);

      await attachChannels(dom0, { name: 'engine-lab', type: 'hvm' }, socketChannel('lab.xen'));
      await inGuest('until [ -e /dev/hvc1 ]; do sleep 1; done');

      for (const [way, name, device] of [
        ['PV console', 'lab.xen', '/dev/hvc1'],
        ['virtio-serial port', 'lab.virtio', '/dev/virtio-ports/lab.virtio'],
      ] as const) {
        const path = `/run/lab/${name}.sock`;
        // A port is at its end as long as no program of the host is connected.
        await inGuest(
          `case ${device} in /dev/hvc*) stty -F ${device} raw -echo; esac; ` +
            `(setsid sh -c 'while true; do cat; sleep 0.1; done' echoes <>${device} >&0 2>/dev/null &)`,
        );
        measure(`round trip, ${way}`, `${(await roundTrip(dom0, path)).toFixed(1)} ms`);
        await inGuest('pkill -f echoe[s]; pkill -x cat; sleep 1');
        const rate = await rateOf(dom0, path, (bytes) => inGuest(`head -c ${bytes} /dev/zero >${device}`));
        measure(`throughput from the guest, ${way}`, `${Math.round(rate)} kB/s`);
      }
    },
  );
});

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
