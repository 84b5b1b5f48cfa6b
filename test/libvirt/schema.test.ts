import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { findings } from '../diagnostics/findings.js';
import { hvmConfig, pvConfig } from '../xl/guests.js';

/** The warnings about texts that libvirt's schema rejects; there must be an output nevertheless. */
function formsOf(config: string): readonly string[] {
  const { output, diagnostics } = convert(config, { from: 'xl' });
  expect(output).to.be.a('string');
  return findings(
    config,
    diagnostics.filter(({ code }) => code === 'schema-violation'),
  );
}

describe("texts that do not match libvirt's schema", () => {
  for (const [what, config, place] of [
    ['a kernel', pvConfig('kernel = "vmlinuz"'), '"vmlinuz"'],
    ['an initrd', pvConfig('ramdisk = "initrd"'), '"initrd"'],
    ['an emulator', pvConfig('device_model_override = "qemu"'), '"qemu"'],
    ['a bridge', pvConfig(`vif = [ "bridge=b&r" ]`), '"bridge=b&r"'],
    ['a model', hvmConfig(`vif = [ "bridge=b,model=e 1000" ]`), '"bridge=b,model=e 1000"'],
  ] as const) {
    it(`are reported with their position, and written: ${what}`, () => {
      expect(formsOf(config)).to.deep.equal([`schema-violation: ${place}`]);
    });
  }

  it('are not reported if they match', () => {
    const addresses = ['0.0.0.0', '::', '[::1]:1', '2001:db8::1', 'host.example'];
    for (const address of addresses) {
      expect(formsOf(hvmConfig('vnc = 1', `vnclisten = "${address}"`)), address).to.deep.equal([]);
    }
  });
});

describe('an error in an xl.cfg', () => {
  const errorsOf = (config: string): readonly string[] =>
    findings(
      config,
      convert(config, { from: 'xl' }).diagnostics.filter(({ severity }) => severity === 'error'),
    );

  it('has a position even if the setting is missing', () => {
    expect(errorsOf('memory = 64\n')).to.deep.equal(['value-missing: ', 'value-missing: ']);
  });

  it('is reported for an empty name', () => {
    expect(errorsOf('name = ""\nmemory = 64\nkernel = "/k"\n')).to.deep.equal(['value-missing: ""']);
  });

  it('is reported for an invalid port', () => {
    const config = hvmConfig('spice = 1', 'spiceport = 65536', 'spicedisable_ticketing = 1');
    expect(errorsOf(config)).to.deep.equal(['value-invalid: 65536']);
  });
});
