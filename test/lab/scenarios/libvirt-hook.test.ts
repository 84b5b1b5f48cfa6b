import { expect } from 'chai';
import { expectEcho, fileChannel, remainsOf, socketChannel } from '../channels.js';
import { startLibvirt, stopLibvirt } from '../dom0/libvirt.js';
import { guestXml } from '../guest/guest.js';
import { scenario } from '../scenario.js';

const virsh = (...words: readonly string[]): readonly string[] => ['virsh', '-c', 'xen:///system', ...words];

const ofLibvirt = socketChannel('of.libvirt');
/** The channels that libvirt cannot create. */
const setAside =
  fileChannel('log', '/run/lab/log.out') +
  `<channel type='tcp'><source mode='bind' host='127.0.0.1' service='4711'/><target type='virtio' name='remote'/></channel>\n`;

/** By what serves them: the device model that libvirt's channel requires, or a QEMU of virt2xen. */
const rounds = [
  { channels: setAside + ofLibvirt, names: ['of.libvirt', 'log', 'remote'] },
  { channels: setAside, names: ['log', 'remote'] },
];

describe("virt2xen's hook in libvirt", () => {
  scenario(
    'makes the channels that libvirt cannot when a guest has started, and takes them when it stops',
    { gate: ['hvm'], all: ['pv', 'pvh'] },
    async ({ dom0, type, attach }) => {
      await dom0.run('virt2xen hook install libvirt');
      // libvirt searches for hooks when it starts.
      await stopLibvirt(dom0);
      await startLibvirt(dom0);
      try {
        for (const { channels, names } of rounds) {
          const xml = guestXml('hooked', channels, type).replace("'xen'", "'kvm'");
          await dom0.write('/run/lab/hooked.xml', await dom0.run(['virt2xen', 'adapt'], { input: xml }));
          await dom0.run(virsh('create', '/run/lab/hooked.xml'));
          const guest = await attach('hooked');
          const devids = new Map(
            (await guest.connected(names)).map(({ name, devid }) => [name, devid] as const),
          );
          await guest.run(`raw ${devids.get('log')} && echo logged >/dev/hvc${devids.get('log')}`);
          await dom0.run('until grep -qx logged /run/lab/log.out; do sleep 0.1; done');
          await guest.echo(devids.get('remote') ?? 0);
          await expectEcho(dom0.start(['socat', '-', 'TCP:127.0.0.1:4711']), 'over TCP');
          // A hook that waited for libvirt would block the domain forever.
          expect(await dom0.run(virsh('domstate', 'hooked'))).to.include('running');

          await dom0.run(virsh('destroy', 'hooked'));
          expect(await dom0.run(virsh('list', '--all', '--name'))).not.to.include('hooked');
          expect(await remainsOf(dom0, guest.domid)).to.equal('');
          expect(await dom0.run('ss -Hltn sport = :4711')).to.equal('');
          await dom0.run('rm /run/lab/log.out');
        }
      } finally {
        await dom0.run('virt2xen hook uninstall libvirt');
        await stopLibvirt(dom0);
        await startLibvirt(dom0);
      }
    },
  );
});
