import { expect } from 'chai';
import { startLibvirt } from '../dom0/libvirt.js';
import { guestConfig } from '../guest/guest.js';
import { scenario } from '../scenario.js';

describe('the lab', () => {
  scenario('runs the Xen, Node and virt2xen it is meant to', async ({ dom0, suite }) => {
    expect(await dom0.run('xl info xen_version')).to.match(new RegExp(`^${suite.xen}\\.`));
    expect(await dom0.run('node --version')).to.equal(process.version);
    expect(await dom0.run('virt2xen --version')).to.match(/^\d+\.\d+\.\d+/);
  });

  scenario('has a libvirt that knows this Xen', async ({ dom0 }) => {
    await startLibvirt(dom0);
    expect(await dom0.run('virsh -c xen:///system list --name')).to.match(/^Domain-0$/m);
  });

  scenario('boots a guest without channels', { gate: ['hvm'], all: ['pv', 'pvh'] }, async (scene) => {
    const { dom0, type, create } = scene;
    const guest = await create('plain', guestConfig('plain', { type }));
    expect(await guest.run('uname -r')).to.equal(await dom0.run('uname -r'));
    expect(await guest.channels()).to.deep.equal([]);
    const kinds = { pv: 'PV', pvh: 'PVH', hvm: 'HVM' };
    expect(await guest.run('cat /sys/hypervisor/guest_type')).to.equal(kinds[type]);
  });
});
