import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { pvXml } from '../libvirt/domains.js';
import { pvConfig, read, readClean, settingsOf } from './guests.js';

describe('what happens when the guest stops', () => {
  it("is xl's default if not set: a crash destroys the domain", () => {
    const lifecycle = { poweroff: 'destroy', reboot: 'restart', crash: 'destroy' };
    expect(readClean(pvConfig()).lifecycle).to.deep.equal(lifecycle);
    expect(settingsOf(pvXml()).settings).to.include({
      on_poweroff: '"destroy"',
      on_reboot: '"restart"',
      on_crash: '"destroy"',
    });
  });

  for (const action of [
    'destroy',
    'restart',
    'rename-restart',
    'preserve',
    'coredump-destroy',
    'coredump-restart',
  ]) {
    it(`can be ${action}`, () => {
      expect(readClean(pvConfig(`on_crash = "${action}"`)).lifecycle.crash).to.equal(action);
      expect(settingsOf(pvXml('', `<on_crash>${action}</on_crash>`)).settings['on_crash']).to.equal(
        `"${action}"`,
      );
    });
  }

  it('includes a core dump before a reboot, which libvirt supports after a crash only', () => {
    const source = pvConfig('on_reboot = "coredump-restart"');
    const { output = '', diagnostics } = convert(source);
    expect(output).to.contain('<on_reboot>restart</on_reboot>');
    expect(diagnostics.map(({ code }) => code)).to.include('not-implemented');
    expect(settingsOf(output).settings['on_reboot']).to.equal('"coredump-restart"');
    const changed = output.replace('<on_reboot>restart', '<on_reboot>destroy');
    expect(settingsOf(changed).settings['on_reboot']).to.equal('"destroy"');
  });

  it('is rejected if unknown', () => {
    expect(read(pvConfig('on_reboot = "foo"')).found).to.deep.equal(['value-invalid: "foo"']);
    expect(settingsOf(pvXml('', '<on_reboot>foo</on_reboot>')).found).to.deep.equal(['value-invalid: foo']);
  });

  it('is preserved as a soft reset, which libvirt cannot express', () => {
    const source = pvConfig('on_crash = "soft-reset"');
    expect(read(source).found).to.deep.equal(['not-implemented: on_crash']);
    expect(convert(convert(source).output ?? '').output).to.include('on_crash = "soft-reset"\n');
  });
});
