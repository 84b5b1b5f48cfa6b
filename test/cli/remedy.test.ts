import { expect } from 'chai';
import { convertFlag, dropFlag } from '../../cli/remedy.js';

describe('the option in a hint', () => {
  it('can be pasted into a shell, whatever the document names its networks, pools and devices', () => {
    expect(convertFlag({ option: 'networks', value: 'lan' })).to.equal('--network lan=BRIDGE');
    expect(convertFlag({ option: 'networks', value: "a b'; reboot" })).to.equal(
      String.raw`--network 'a b'\''; reboot'=BRIDGE`,
    );
    expect(convertFlag({ option: 'pools', value: '$(reboot)' })).to.equal("--pool '$(reboot)'=DIR");
    expect(dropFlag('disk:`reboot`')).to.equal("--drop 'disk:`reboot`' omits it");
  });
});
