import { useAgent } from '../agent-commands.js';
import { attachChannels, rateOf, roundTrip, socketChannel } from '../channels.js';
import type { Dom0 } from '../dom0/dom0.js';
import { agentOn } from '../guest/agent.js';
import { debianBootDisk, debianDisk, prepareDebian } from '../guest/debian.js';
import { withBootDisk } from '../guest/guest.js';
import {
  connectByVdsm,
  documentOf,
  prepareHost,
  startByVdsm,
  withoutPassword,
} from '../managers/managers.js';
import { scenario } from '../scenario.js';

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
  scenario(
    'has its agent on a virtio-serial port, also after a save and restore',
    { gate: ['hvm'] },
    async (scene) => {
      const { dom0, measure } = scene;
      await prepareHost(dom0, debianDisk);
      await prepareDebian(dom0, { kit: false });
      await dom0.run('virt2xen hook install vdsm');
      const xml = withoutNuma(withBootDisk(withoutPassword(documentOf('ovirt')), debianBootDisk));
      await startByVdsm(dom0, xml, { vmId: 'unused', virt2xen: 'transport=virtio-serial' });
      await answerVdsm(dom0);
      measure('virtio-serial: agent in an unprepared guest', 'answers');
      await useAgent(scene, ['--socket', socket, '--timeout', '120'], { over: 'virtio-serial port' });

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
        await inGuest(
          `case ${device} in /dev/hvc*) stty -F ${device} raw -echo; esac; ` +
            `exec 3<>${device}; (setsid cat <&3 >&3 2>/dev/null &) </dev/null >/dev/null 2>&1`,
        );
        measure(`round trip, ${way}`, `${(await roundTrip(dom0, path)).toFixed(1)} ms`);
        await inGuest('pkill -x cat; sleep 1');
        const rate = await rateOf(dom0, path, (bytes) => inGuest(`head -c ${bytes} /dev/zero >${device}`));
        measure(`throughput from the guest, ${way}`, `${Math.round(rate)} kB/s`);
      }
    },
  );
});
