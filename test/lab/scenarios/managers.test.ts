import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { attachChannels, socketChannel } from '../channels.js';
import type { Dom0 } from '../dom0/dom0.js';
import { agentOn, type Agent } from '../guest/agent.js';
import { debianBootDisk, debianDisk, debianInitrd, overlayOfDebian, prepareDebian } from '../guest/debian.js';
import { guestKernel, guestRamdisk, withBootDisk } from '../guest/guest.js';
import {
  connectByVdsm,
  documentOf,
  ovirtChannels,
  prepareHost,
  primaryStorage,
  startByCloudstack,
  startByVdsm,
  userVmSocket,
  withKernel,
  withoutPassword,
} from '../managers/managers.js';
import { scenario } from '../scenario.js';

const debian = { kernel: guestKernel, initrd: debianInitrd };

describe('a guest of KVM on Xen, as its manager describes it', () => {
  scenario(
    "starts by VDSM's hook with the devices of its document, and its agent answers",
    { gate: ['hvm'] },
    async ({ dom0 }) => {
      await prepareHost(dom0, debianDisk);
      await prepareDebian(dom0);
      await dom0.run('virt2xen hook install vdsm');
      const xml = withBootDisk(withoutPassword(documentOf('ovirt')), debianBootDisk);
      await startByVdsm(dom0, xml, { vmId: 'unused' });

      const agent = agentOn(await connectByVdsm(dom0, `${ovirtChannels}.org.qemu.guest_agent.0`));
      await agent.sync();
      await expectDebian(dom0, agent);
      expect(await namesIn(agent)).to.deep.equal(['org.qemu.guest_agent.0', 'ovirt-guest-agent.0']);
      await expectDevices(dom0, agent, { domain: 'engine-lab', mac: '56:6f:5c:09:00:1d' });
      await expectOvirtAgent(dom0, agent);
    },
  );

  scenario(
    "starts by CloudStack's hook with the devices of its document, and its agent answers",
    { gate: ['hvm'] },
    async ({ dom0 }) => {
      await prepareHost(dom0, debianDisk);
      await prepareDebian(dom0);
      await dom0.write(`${primaryStorage}/root`, overlayOfDebian());
      await dom0.run('virt2xen hook install cloudstack');
      const xml = withBootDisk(withoutPassword(documentOf('cloudstack-user-vm')), debianBootDisk);
      await startByCloudstack(dom0, xml);

      const agent = agentOn(dom0.connect(userVmSocket));
      await agent.sync();
      await expectDebian(dom0, agent);
      expect(await namesIn(agent)).to.deep.equal(['org.qemu.guest_agent.0']);
      await expectDevices(dom0, agent, { domain: 'i-3-41-VM', mac: '06:2e:b4:00:00:51' });
      await expectLateChannel(dom0, agent);
    },
  );

  scenario(
    "starts by CloudStack's hook, boots from its disk, and writes to its serial port",
    { gate: ['hvm'] },
    async ({ dom0 }) => {
      await prepareHost(dom0, debianDisk);
      await dom0.write(`${primaryStorage}/system`, bootSector('booted from the disk'));
      await dom0.run('virt2xen hook install cloudstack');
      const xml = documentOf('cloudstack-system-vm').replace("type='qcow2'", "type='raw'");
      await startByCloudstack(dom0, xml);
      const tty = await dom0.run('xenstore-read /local/domain/$(xl domid s-4-VM)/serial/0/tty');
      const serial = dom0.start(['socat', '-', `${tty},raw,echo=0`]);
      await serial.stdout.line(); // The rest of the current line.
      expect(await serial.stdout.line()).to.equal('booted from the disk');
    },
  );
});

describe('a guest of KVM on Xen, as a PV guest', () => {
  scenario(
    "starts by VDSM's hook as a Debian guest, and its agent answers VDSM on the socket that it chose",
    { gate: [], all: ['pv'] },
    async ({ dom0 }) => {
      await prepareHost(dom0, debianDisk);
      await prepareDebian(dom0);
      await dom0.run('virt2xen hook install vdsm');
      const xml = withKernel(withoutPassword(documentOf('ovirt')), debian);
      const said = await startByVdsm(dom0, xml, { virt2xen: 'pv', vmId: 'unused' });
      expect(said).to.match(/^(virt2xen: .*\n)+$/);

      const agent = agentOn(await connectByVdsm(dom0, `${ovirtChannels}.org.qemu.guest_agent.0`));
      await agent.sync();
      await expectDebian(dom0, agent);
      expect(await namesIn(agent)).to.deep.equal(['org.qemu.guest_agent.0', 'ovirt-guest-agent.0']);
      await expectOvirtAgent(dom0, agent);
    },
  );

  scenario(
    "starts by CloudStack's hook as a Debian guest, and its kit names channels that come and go",
    { gate: [], all: ['pv'] },
    async ({ dom0 }) => {
      await prepareHost(dom0, debianDisk);
      await prepareDebian(dom0);
      await dom0.write(`${primaryStorage}/root`, overlayOfDebian());
      await dom0.run('virt2xen hook install cloudstack');
      const xml = withKernel(withoutPassword(documentOf('cloudstack-user-vm')), debian);
      await startByCloudstack(dom0, xml, { VIRT2XEN: 'pv' });

      const agent = agentOn(dom0.connect(userVmSocket));
      await agent.sync();
      await expectDebian(dom0, agent);
      expect(await namesIn(agent)).to.deep.equal(['org.qemu.guest_agent.0']);
      await expectLateChannel(dom0, agent);
    },
  );

  scenario(
    "starts by CloudStack's hook as a system VM, and its port takes and gives 64 KiB as they are",
    { gate: ['pv'] },
    async ({ dom0, attach }) => {
      await prepareHost(dom0, debianDisk);
      await dom0.write(`${primaryStorage}/system`, overlayOfDebian());
      await dom0.run('virt2xen hook install cloudstack');
      const xml = withKernel(documentOf('cloudstack-system-vm'), {
        kernel: guestKernel,
        initrd: guestRamdisk,
      });
      await startByCloudstack(dom0, xml, { VIRT2XEN: 'pv' });
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

/** The first requests of a manager, and that no systemd unit of the guest kit has failed. */
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
  // A login prompt only on the console, not on a channel.
  expect(await agent.shell("systemctl list-units --plain --no-legend 'serial-getty@*'")).to.match(
    /^serial-getty@hvc0\.service .*$/,
  );
}

/** The other devices of the documents: VNC on 127.0.0.1, a USB tablet, an IDE CD-ROM, one disk, one NIC. */
async function expectDevices(
  dom0: Dom0,
  agent: Agent,
  { domain, mac }: { readonly domain: string; readonly mac: string },
): Promise<void> {
  const pid = await dom0.run(`xenstore-read /local/domain/$(xl domid ${domain})/image/device-model-pid`);
  expect(await dom0.run(`ss -Hltnp | grep pid=${pid}, | awk '{ print $4 }'`)).to.equal('127.0.0.1:5900');
  const vnc = dom0.start(['socat', '-', 'TCP:127.0.0.1:5900']);
  expect(await vnc.stdout.line()).to.match(/^RFB 003\.\d{3}$/);

  // udev loads the drivers of emulated devices asynchronously.
  await agent.shell("until grep -q 'QEMU QEMU USB Tablet' /proc/bus/input/devices; do sleep 1; done");
  await agent.shell('until [ -e /sys/block/sr0 ]; do sleep 1; done');
  expect(await agent.shell('readlink -f /sys/block/sr0')).to.match(/\/ata\d+\//);
  expect(await agent.shell('cat /sys/block/sr0/device/model')).to.match(/^QEMU DVD-ROM/);
  // The emulated disk was unplugged in favour of Xen's, from which the guest runs.
  expect(await agent.shell('ls /sys/block | grep -v -e loop -e sr -e ram')).to.equal('xvda');
  expect(await agent.shell('findmnt -n -o SOURCE /')).to.equal('/dev/xvda');
  expect(
    await agent.shell(
      'cd /sys/class/net; for n in *; do [ $n = lo ] || cat $n/address $n/device/devtype; done',
    ),
    // Xen's, not the emulated one.
  ).to.equal(`${mac}\nvif`);
}

/** Writes to the port as oVirt's agent does with KVM. */
async function expectOvirtAgent(dom0: Dom0, agent: Agent): Promise<void> {
  const client = await connectByVdsm(dom0, `${ovirtChannels}.ovirt-guest-agent.0`);
  const port = '/dev/virtio-ports/ovirt-guest-agent.0';
  await agent.shell(`(read -r line; echo "echo:$line") <${port} >${port} 2>/dev/null &`);
  client.write('{"__name__": "refresh"}\n');
  expect(await client.stdout.line()).to.equal('echo:{"__name__": "refresh"}');
}

async function expectLateChannel(dom0: Dom0, agent: Agent): Promise<void> {
  await attachChannels(dom0, { name: 'i-3-41-VM' }, socketChannel('late'));
  await agent.shell('until [ -e /dev/virtio-ports/late ]; do sleep 0.2; done');
  await dom0.run(['virt2xen', 'detach', 'i-3-41-VM']);
  await agent.shell('while [ -e /dev/virtio-ports/late ]; do sleep 0.2; done');
  expect(await namesIn(agent)).to.deep.equal(['org.qemu.guest_agent.0']);
}

/** The channels in the guest, by the names that both kinds of agent use. */
async function namesIn(agent: Agent): Promise<readonly string[]> {
  const names = await agent.shell('ls /dev/xen-channel');
  expect(await agent.shell('ls /dev/virtio-ports')).to.equal(names);
  return names.split('\n');
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The first sector of a disk: it writes a line to the first serial port repeatedly. */
function bootSector(line: string): Buffer {
  const text = Buffer.from(`${line}\n\0`);
  const code = Buffer.from([
    ...[0x31, 0xc0, 0x8e, 0xd8, 0xfc], // xor ax, ax; mov ds, ax; cld
    ...[0xba, 0xf8, 0x03], // mov dx, 0x3f8
    ...[0xbe, 0x17, 0x7c], // again: mov si, text
    ...[0xac, 0x84, 0xc0, 0x74, 0x03], // next: lodsb; test al, al; jz pause
    ...[0xee, 0xeb, 0xf8], // out dx, al; jmp next
    ...[0xfb, 0xf4, 0xeb, 0xf1], // pause: sti; hlt; jmp again
  ]);
  const sector = Buffer.alloc(2 ** 20);
  code.copy(sector);
  text.copy(sector, code.length);
  sector.writeUInt16LE(0xaa55, 510);
  return sector;
}
