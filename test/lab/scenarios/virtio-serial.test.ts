import { useAgent } from '../agent-commands.js';
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
      await agentOn(await connectByVdsm(dom0, socket)).sync();
      measure('virtio-serial: agent in an unprepared guest', 'answers');
      await useAgent(scene, ['--socket', socket, '--timeout', '120'], { over: 'virtio-serial port' });

      await dom0.run(['virsh', '-c', 'xen:///system', 'save', 'engine-lab', image]);
      await dom0.run(['virsh', '-c', 'xen:///system', 'restore', image]);
      await agentOn(await connectByVdsm(dom0, socket)).sync();
      measure('virtio-serial: agent after save and restore', 'answers');
    },
  );
});
