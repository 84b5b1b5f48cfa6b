/** Guests of the managers as they are on KVM: Debian with its own agent, and nothing of virt2xen. */
import { expect } from 'chai';
import { askAgent, copyFiles } from '../agent-commands.js';
import { attachChannels, rateOf, roundTrip, socketChannel } from '../channels.js';
import { waitFor, type Dom0 } from '../dom0/dom0.js';
import { agentOn } from '../guest/agent.js';
import { debianBootDisk, debianDisk, overlayOfDebian, prepareDebian } from '../guest/debian.js';
import { withBootDisk } from '../guest/guest.js';
import {
  connectByVdsm,
  documentOf,
  ovirtChannels,
  prepareHost,
  primaryStorage,
  startByCloudstack,
  startByVdsm,
  userVmSocket,
  withoutPassword,
} from '../managers/managers.js';
import { scenario, type Scene } from '../scenario.js';

const socket = `${ovirtChannels}.org.qemu.guest_agent.0`;
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
      // Debian 13 does not suspend while a driver looks for its device, as that of floppy disks does for seconds.
      await dom0.run(['virt2xen', 'agent', ...target, 'exec', '--', 'udevadm', 'settle']);
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

describe('an HVM guest of CloudStack without the guest kit', () => {
  scenario(
    'has its agent on a virtio-serial port, after a reboot too',
    { gate: [], all: ['hvm'] },
    async ({ dom0, measure }) => {
      await prepareHost(dom0, debianDisk);
      await prepareDebian(dom0, { kit: false });
      await dom0.write(`${primaryStorage}/root`, overlayOfDebian());
      await dom0.run('virt2xen hook install cloudstack');
      const xml = withBootDisk(withoutPassword(documentOf('cloudstack-user-vm')), debianBootDisk);
      await startByCloudstack(dom0, xml, { VIRT2XEN: 'transport=virtio-serial' });
      const target = ['--socket', userVmSocket, '--timeout', '300'];
      await askAgent(dom0, target);
      const agent = (...words: readonly string[]): Promise<string> =>
        dom0.run(['virt2xen', 'agent', ...target, ...words], { limitMs: 400_000 });
      const bootId = await agent('cat', '/proc/sys/kernel/random/boot_id');
      const domid = await dom0.run('xl domid i-3-41-VM');
      await agent('reboot');
      await waitFor('new domain', async () => {
        const { status, stdout } = await dom0.attempt('xl domid i-3-41-VM');
        return status === 0 && stdout.trim() !== domid.trim() ? stdout : undefined;
      });
      await agent('wait');
      expect(await agent('cat', '/proc/sys/kernel/random/boot_id')).not.to.equal(bootId);
      measure('virtio-serial: agent in an unprepared guest of CloudStack, after a reboot', 'answers');
    },
  );
});
