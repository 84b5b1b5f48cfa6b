import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { hvmConfig, pvConfig, read, settingsOf } from '../xl/guests.js';
import { pvXml } from './domains.js';

const namespace = 'http://libvirt.org/schemas/domain/xen/1.0';

const withWords = (words: string, prefix = 'xen', uri = namespace): string =>
  pvXml('', `<${prefix}:commandline xmlns:${prefix}='${uri}'>${words}</${prefix}:commandline>`);

describe('arguments for the device model', () => {
  it('are a list in an xl.cfg, for PV and HVM guests alike', () => {
    for (const config of [pvConfig, hvmConfig]) {
      const { domain, found } = read(config(`device_model_args = [ "-foo", 'bar,baz="1"', 5 ]`));
      expect(domain.deviceModelArguments).to.deep.equal(['-foo', 'bar,baz="1"', '5']);
      expect(found).to.deep.equal([]);
    }
  });

  it("are read from an element of libvirt's namespace, whatever its prefix", () => {
    for (const prefix of ['xen', 'x']) {
      const words = `<${prefix}:arg value='-foo'/><${prefix}:arg value='a &amp; b'/>`;
      const { settings, found } = settingsOf(withWords(words, prefix));
      expect(settings['device_model_args']).to.equal('[ "-foo", "a & b" ]');
      expect(found).to.deep.equal([]);
    }
  });

  it("are not read from another namespace: it belongs to KVM's QEMU", () => {
    const uri = 'http://libvirt.org/schemas/domain/qemu/1.0';
    const { settings, found } = settingsOf(withWords(`<qemu:arg value='-foo'/>`, 'qemu', uri));
    expect(settings).not.to.have.property('device_model_args');
    expect(found).to.deep.equal([`unsupported: <qemu:commandline xmlns:qemu='${uri}'>`]);
  });

  it('are the same after converting to XML and back', () => {
    const words = String.raw`device_model_args = [ "a\\b", "c\nd", "\"e'", "", " " ]`;
    const { output = '' } = convert(pvConfig(words));
    expect(output).to.include(`<domain type='xen' xmlns:xen='${namespace}'>`);
    expect(convert(output).output?.split('\n')).to.include(words);
  });

  it('have one value each', () => {
    expect(settingsOf(withWords('<xen:arg/>')).found).to.deep.equal(['value-missing: <xen:arg/>']);
  });

  it('are rejected if they are not a list, as xl does', () => {
    expect(read(pvConfig('device_model_args = "-foo"')).found).to.deep.include('value-invalid: "-foo"');
  });
});

describe("arguments for one kind of guest's device model", () => {
  it('follow those for every kind', () => {
    const lists = [
      'device_model_args = [ "-a" ]',
      'device_model_args_hvm = [ "-b" ]',
      'device_model_args_pv = [ "-c" ]',
    ];
    const argumentsIn = (config: string): readonly string[] =>
      [...(convert(config).output ?? '').matchAll(/<xen:arg value='([^']*)'/g)].map(
        ([, value = '']) => value,
      );
    expect(argumentsIn(hvmConfig(...lists))).to.deep.equal(['-a', '-b']);
    expect(argumentsIn(pvConfig(...lists))).to.deep.equal(['-a', '-c']);
    const { output = '' } = convert(hvmConfig(...lists));
    expect(convert(output).output).to.include('device_model_args = [ "-a", "-b" ]\n');
  });
});
