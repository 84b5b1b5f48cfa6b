import { expect } from 'chai';
import { derive, originOf, withOrigin } from '../../lib/diagnostics/origin.js';

interface Named {
  readonly name: string;
  readonly bus?: string;
}

const whole = { start: 0, end: 20 };
const name = { start: 5, end: 9 };

describe('a node that is derived from another', () => {
  const disk = withOrigin<Named>({ name: 'vda', bus: 'virtio' }, whole, { name });

  it('has the changes, and leaves the other as it is', () => {
    expect(derive(disk, { name: 'xvda' })).to.deep.equal({ name: 'xvda', bus: 'virtio' });
    expect(disk).to.deep.equal({ name: 'vda', bus: 'virtio' });
  });

  it('keeps the place of the whole and of its parts, changed or not', () => {
    for (const derived of [derive(disk, { name: 'xvda' }), derive(disk, { bus: 'ide' })]) {
      expect(originOf(derived)).to.deep.equal(whole);
      expect(originOf(derived, 'name')).to.deep.equal(name);
    }
  });

  it('is without an optional property that is given as undefined', () => {
    expect(derive(disk, { bus: undefined })).to.have.all.keys('name');
  });

  it('has no place if the other has none', () => {
    expect(originOf(derive<Named>({ name: 'vda' }, { name: 'xvda' }))).to.equal(undefined);
  });
});
