import { expect } from 'chai';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadLibvirtDomains } from '../../lib/daemon/libvirt-domains.js';
import { adapt } from '../../lib/index.js';
import { temporaryDirectory } from '../cli/virt2xen.js';

const uuid = '01234567-89ab-cdef-0123-456789abcdef';
const kvm = `<domain type='kvm'><name>web1</name><uuid>${uuid}</uuid><memory>65536</memory>
<os><type arch='x86_64'>xen</type><kernel>/k</kernel></os>
<devices><channel type='file'><source path='/f'/><target type='virtio' name='log'/></channel></devices></domain>`;

describe('the domains that libvirt runs', () => {
  const { path, remove } = temporaryDirectory();
  after(remove);

  it('have the channels that adapt has set aside; others are not parsed, and none is read again', async () => {
    writeFileSync(join(path, 'a.xml'), '<domstatus><domain type="xen">');
    writeFileSync(join(path, 'b.xml'), `<domstatus>${adapt(kvm).output ?? ''}</domstatus>`);
    writeFileSync(join(path, 'b.xml.new'), '');
    const first = await loadLibvirtDomains(path, [], {});
    const [plain, found] = first;
    expect(first).to.have.length(2);
    expect(plain).to.have.keys('file', 'signature');
    expect(found?.desired).to.deep.include({ origin: 'libvirt', domain: { uuid } });
    expect(found?.desired?.channels.map(({ name }) => name)).to.deep.equal(['log']);
    const second = await loadLibvirtDomains(path, first, {});
    expect(second[0]).to.equal(plain);
    expect(second[1]).to.equal(found);
  });

  it('are none where libvirt is not', async () => {
    expect(await loadLibvirtDomains(join(path, 'none'), [], {})).to.deep.equal([]);
  });
});
