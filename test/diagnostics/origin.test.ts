import { expect } from 'chai';
import { derive, originOf, withOrigin } from '../../lib/diagnostics/origin.js';
import { convert } from '../../lib/index.js';

interface Named {
  readonly name: string;
  readonly bus?: string;
}

const whole = { start: 0, end: 20 };
const name = { start: 5, end: 9 };

describe('a node derived from another', () => {
  const disk = withOrigin<Named>({ name: 'vda', bus: 'virtio' }, whole, { name });

  it('has the changes, and does not change the original', () => {
    expect(derive(disk, { name: 'xvda' })).to.deep.equal({ name: 'xvda', bus: 'virtio' });
    expect(disk).to.deep.equal({ name: 'vda', bus: 'virtio' });
  });

  it('preserves the origin of the whole and of its parts, changed or not', () => {
    for (const derived of [derive(disk, { name: 'xvda' }), derive(disk, { bus: 'ide' })]) {
      expect(originOf(derived)).to.deep.equal(whole);
      expect(originOf(derived, 'name')).to.deep.equal(name);
    }
  });

  it('omits an optional property that is set to undefined', () => {
    expect(derive(disk, { bus: undefined })).to.have.all.keys('name');
  });

  it('has no origin if the original has none', () => {
    expect(originOf(derive<Named>({ name: 'vda' }, { name: 'xvda' }))).to.equal(undefined);
  });
});

describe('a display that a preserved setting changes', () => {
  it('preserves the position of its password', () => {
    const xml =
      "<domain type='xen'><name>a</name><memory>65536</memory><os><type>hvm</type></os><metadata>" +
      "<v2x:xl xmlns:v2x='urn:virt2xen:1'><v2x:settings>vncdisplay = 5</v2x:settings></v2x:xl></metadata>" +
      "<devices><graphics type='vnc' autoport='yes' passwd=''/></devices></domain>";
    const { span } = convert(xml).diagnostics.find(({ code }) => code === 'value-invalid') ?? {};
    expect(xml.slice(span?.start, span?.end)).to.equal("passwd=''");
  });
});
