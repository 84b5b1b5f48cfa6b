import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { attachChannels, socketChannel } from '../channels.js';
import type { Dom0 } from '../dom0/dom0.js';
import { agentOn, type Agent } from '../guest/agent.js';
import { debianDisk, overlayOfDebian, prepareDebian } from '../guest/debian.js';
import {
  connectByVdsm,
  documentOf,
  prepareHost,
  primaryStorage,
  startByCloudstack,
  startByVdsm,
} from '../managers/managers.js';
import { scenario } from '../scenario.js';

describe('a guest of KVM on Xen', () => {
  scenario(
    "starts by VDSM's hook as a Debian guest, and its agent answers VDSM on the socket that it chose",
    async ({ dom0 }) => {
      await prepareHost(dom0, debianDisk);
      await prepareDebian(dom0);
      await dom0.run('virt2xen hook install vdsm');
      const said = await startByVdsm(dom0, documentOf('ovirt'), { virt2xen: 'pv', vmId: 'unused' });
      expect(said).to.match(/^(virt2xen: .*\n)+$/);

      const channels = '/var/lib/libvirt/qemu/channels/4b7d0c9e-51a3-4e0c-8a67-1f2ce80d6b34';
      const agent = agentOn(await connectByVdsm(dom0, `${channels}.org.qemu.guest_agent.0`));
      await agent.sync();
      await expectDebian(dom0, agent);
      expect(await namesIn(agent)).to.deep.equal(['org.qemu.guest_agent.0', 'ovirt-guest-agent.0']);

      // oVirt's own agent writes to its port as it would to KVM's.
      const other = await connectByVdsm(dom0, `${channels}.ovirt-guest-agent.0`);
      const port = '/dev/virtio-ports/ovirt-guest-agent.0';
      await agent.shell(`(read -r line; echo "echo:$line") <${port} >${port} 2>/dev/null &`);
      other.write('{"__name__": "refresh"}\n');
      expect(await other.stdout.line()).to.equal('echo:{"__name__": "refresh"}');
    },
  );

  scenario(
    "starts by CloudStack's hook as a Debian guest, and its kit names channels that come and go",
    async ({ dom0 }) => {
      await prepareHost(dom0, debianDisk);
      await prepareDebian(dom0);
      await dom0.write(`${primaryStorage}/root`, overlayOfDebian());
      await dom0.run('virt2xen hook install cloudstack');
      // Debian's QEMU for Xen has no DES, and so none of VNC's passwords (docs/cloudstack.md).
      const xml = documentOf('cloudstack-user-vm').replace(/ passwd='[^']*'/, '');
      await startByCloudstack(dom0, xml, { VIRT2XEN: 'pv' });

      const socket = '/var/lib/libvirt/qemu/i-3-41-VM.org.qemu.guest_agent.0';
      const agent = agentOn(dom0.connect(socket));
      await agent.sync();
      await expectDebian(dom0, agent);
      expect(await namesIn(agent)).to.deep.equal(['org.qemu.guest_agent.0']);

      await attachChannels(dom0, { name: 'i-3-41-VM' }, socketChannel('late'));
      await agent.shell('until [ -e /dev/virtio-ports/late ]; do sleep 0.2; done');
      await dom0.run(['virt2xen', 'detach', 'i-3-41-VM']);
      await agent.shell('while [ -e /dev/virtio-ports/late ]; do sleep 0.2; done');
      expect(await namesIn(agent)).to.deep.equal(['org.qemu.guest_agent.0']);
    },
  );

  scenario(
    "starts by CloudStack's hook as a system VM, and its port takes and gives 64 KiB as they are",
    async ({ dom0, attach }) => {
      await prepareHost(dom0, debianDisk);
      await dom0.write(`${primaryStorage}/system`, overlayOfDebian());
      await dom0.run('virt2xen hook install cloudstack');
      await startByCloudstack(dom0, documentOf('cloudstack-system-vm'), { VIRT2XEN: 'pv' });
      const guest = await attach('s-4-VM');
      await guest.connected(['s-4-VM.vport']);

      const configuration = randomBytes(65_536);
      const client = dom0.connect('/var/lib/libvirt/qemu/s-4-VM.agent');
      const received = await guest.sink(1, configuration.length);
      client.write(configuration);
      expect(await received.result()).to.equal(sha256(configuration));
      const sent = await guest.send(1, configuration.length);
      expect(sha256(await client.stdout.bytes(configuration.length))).to.equal(await sent.result());
    },
  );
});

/** What a manager asks first; and that systemd is content with the guest's kit. */
async function expectDebian(dom0: Dom0, agent: Agent): Promise<void> {
  expect(await agent.ask('guest-sync', { id: 4711 })).to.equal(4711);
  expect(await agent.ask('guest-info')).to.have.property('version');
  expect(await agent.ask('guest-get-osinfo')).to.include({
    id: 'debian',
    'kernel-release': await dom0.run('uname -r'),
  });
  expect(await agent.shell('systemctl is-active qemu-guest-agent xen-channel-raw@hvc1')).to.equal(
    'active\nactive',
  );
  expect(await agent.shell('systemctl --failed --plain --no-legend')).to.equal('');
  // A login prompt on the console, and on no channel.
  expect(await agent.shell("systemctl list-units --plain --no-legend 'serial-getty@*'")).to.match(
    /^serial-getty@hvc0\.service .*$/,
  );
}

/** The channels in the guest, by the names that both kinds of agent look for. */
async function namesIn(agent: Agent): Promise<readonly string[]> {
  const names = await agent.shell('ls /dev/xen-channel');
  expect(await agent.shell('ls /dev/virtio-ports')).to.equal(names);
  return names.split('\n');
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
