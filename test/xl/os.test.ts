import { expect } from 'chai';
import { adapt } from '../../lib/adapt/adapt.js';
import { convert } from '../../lib/convert.js';
import type { Os } from '../../lib/model/os.js';
import { hvmXml, pvXml } from '../libvirt/domains.js';
import { hvmConfig, pvConfig, read, readClean, settingsOf } from './guests.js';

const config = (...lines: readonly string[]): string =>
  ['name = "guest"', 'memory = 64', ...lines, ''].join('\n');
const osOf = (...lines: readonly string[]): Os => readClean(config(...lines)).os;

describe('the kind of guest in an xl.cfg', () => {
  for (const [line, type] of [
    ['type = "pv"', 'pv'],
    ['type = "pvh"', 'pvh'],
    ['type = "hvm"', 'hvm'],
    ['type = "h"', 'hvm'],
    ['type = "p"', 'pv'],
    ['builder = "hvm"', 'hvm'],
    ['builder = "generic"', 'pv'],
    ['builder = "h"', 'hvm'],
    ['', 'pv'],
    ['type = "hvm"\nbuilder = "hvm"', 'hvm'],
  ] as const) {
    it(`is ${type} with ${line === '' ? 'neither type nor builder' : line.replace('\n', ' and ')}`, () => {
      expect(osOf(line, 'kernel = "/k"').type).to.equal(type);
    });
  }

  for (const [line, place] of [
    ['type = "PV"', '"PV"'],
    ['type = "hvmx"', '"hvmx"'],
    ['type = "foo"', '"foo"'],
    ['builder = "linux"', '"linux"'],
    ['type = "pv"\nbuilder = "hvm"', '"hvm"'],
    ['type = "pvh"\nbuilder = "generic"', '"generic"'],
  ] as const) {
    it(`is rejected with ${line.replace('\n', ' and ')}`, () => {
      expect(read(config(line, 'kernel = "/k"')).found).to.deep.equal([`domain-type: ${place}`]);
    });
  }

  it('of a PV or PVH guest requires a kernel or a bootloader', () => {
    expect(read(config()).found).to.deep.equal(['value-missing: name']);
    expect(read(config('type = "pvh"')).found).to.deep.equal(['value-missing: name']);
    expect(osOf('bootloader = "pygrub"')).to.deep.equal({ type: 'pv', bootloader: 'pygrub' });
  });
});

describe('the kernel in an xl.cfg', () => {
  it('has an initrd and a command line', () => {
    expect(osOf('kernel = "/k"', 'ramdisk = "/i"', 'cmdline = "a b"')).to.deep.equal({
      type: 'pv',
      kernel: '/k',
      initrd: '/i',
      cmdline: 'a b',
    });
  });

  for (const [lines, cmdline] of [
    [['root = "/dev/xvda"'], 'root=/dev/xvda'],
    [['extra = "quiet"'], 'quiet'],
    [['root = "/dev/xvda"', 'extra = "ro quiet"'], 'root=/dev/xvda ro quiet'],
  ] as const) {
    it(`has the command line '${cmdline}' with ${lines.join(' and ')}`, () => {
      expect(osOf('kernel = "/k"', ...lines)).to.deep.equal({ type: 'pv', kernel: '/k', cmdline });
    });
  }

  it('ignores root and extra beside cmdline', () => {
    const { domain, found } = read(config('kernel = "/k"', 'cmdline = "a"', 'root = "b"', 'extra = "c"'));
    expect(domain.os.cmdline).to.equal('a');
    expect(found).to.deep.equal(['xl-ignored: "b"', 'xl-ignored: "c"']);
  });

  it('can be of an HVM guest', () => {
    expect(readClean(hvmConfig('kernel = "/k"', 'boot = "c"')).os).to.deep.equal({
      type: 'hvm',
      kernel: '/k',
      boot: ['disk'],
    });
  });
});

describe('the bootloader in an xl.cfg', () => {
  for (const line of [
    'bootloader_args = [ "--kernel", "/k" ]',
    'bootloader_args = "--kernel /k"',
    'bootloader_args = " --kernel  /k "',
  ]) {
    it(`has its arguments from ${line}`, () => {
      expect(osOf('bootloader = "pygrub"', line)).to.deep.equal({
        type: 'pv',
        bootloader: 'pygrub',
        bootloaderArgs: ['--kernel', '/k'],
      });
    });
  }

  it('has arguments that are restored as a list', () => {
    const source = config('bootloader = "pygrub"', 'bootloader_args = [ "--kernel", "/k" ]');
    expect(convert(convert(source).output ?? '').output).to.include(
      'bootloader_args = [ "--kernel", "/k" ]\n',
    );
  });

  it('can have an argument with a blank', () => {
    const source = config('bootloader = "pygrub"', 'bootloader_args = [ "a b", "c" ]');
    expect(convert(convert(source).output ?? '').output).to.include('bootloader_args = [ "a b", "c" ]\n');
  });
});

describe('the order of booting', () => {
  it('is written as letters', () => {
    expect(readClean(hvmConfig('boot = "dnca"')).os).to.deep.equal({
      type: 'hvm',
      boot: ['cdrom', 'network', 'disk', 'floppy'],
    });
    const xml = hvmXml().replace(
      '</type>',
      `</type><boot dev='network'/><boot dev='hd'/><boot dev='cdrom'/><boot dev='fd'/>`,
    );
    expect(settingsOf(xml).settings['boot']).to.equal('"ncda"');
  });

  it("is the disk if XML specifies none, and libxl's default if an xl.cfg specifies none", () => {
    expect(settingsOf(hvmXml()).settings['boot']).to.equal('"c"');
    expect(readClean(hvmConfig()).os).to.deep.equal({ type: 'hvm', boot: ['disk', 'cdrom', 'floppy'] });
  });

  it('reports unknown letters', () => {
    const { domain, found } = read(hvmConfig('boot = "xc"'));
    expect(domain.os).to.deep.equal({ type: 'hvm', boot: ['disk'] });
    expect(found).to.deep.equal(['xl-ignored: "xc"']);
  });

  it('rejects a device that libvirt does not support', () => {
    const xml = hvmXml().replace('</type>', `</type><boot dev='usb'/>`);
    expect(settingsOf(xml).found).to.deep.equal([`value-invalid: <boot dev='usb'/>`]);
  });

  it("is that of the devices' <boot order> if <os> has none", () => {
    const xml = hvmXml(
      `<disk type='file'><source file='/d'/><target dev='hda' bus='ide'/><boot order='3'/></disk>` +
        `<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><boot order='1'/></disk>` +
        `<interface type='bridge'><source bridge='b'/><boot order='2'/></interface>`,
    );
    const { settings, found } = settingsOf(xml);
    expect([settings['boot'], found]).to.deep.equal(['"dnc"', []]);
  });
});

describe('the firmware', () => {
  it('is OVMF by name', () => {
    expect(readClean(hvmConfig('bios = "ovmf"', 'bios_path_override = "/o"', 'boot = "d"')).os).to.deep.equal(
      {
        type: 'hvm',
        boot: ['cdrom'],
        firmware: { kind: 'ovmf', path: '/o' },
      },
    );
  });

  it('is OVMF if XML has a flash image or requests EFI', () => {
    const flash = hvmXml().replace('</type>', `</type><loader readonly='yes' type='pflash'>/o</loader>`);
    expect(settingsOf(flash).settings).to.include({ bios: '"ovmf"', bios_path_override: '"/o"' });
    const efi = hvmXml().replace('<os>', `<os firmware='efi'>`);
    expect(settingsOf(efi).settings['bios']).to.equal('"ovmf"');
  });

  it('with another name is preserved', () => {
    const { domain, found } = read(hvmConfig('bios = "rombios"'));
    expect([domain.preserved.settings, found]).to.deep.equal([
      [{ key: 'bios', value: 'rombios' }],
      ['not-implemented: bios'],
    ]);
  });
});

describe('the kind of guest written to an xl.cfg', () => {
  it('is a builder for HVM, a type for PVH, and neither for PV', () => {
    expect(settingsOf(hvmXml()).settings['builder']).to.equal('"hvm"');
    const pvh = settingsOf(pvXml().replace('>linux<', '>xenpvh<')).settings;
    expect([pvh['type'], pvh['builder']]).to.deep.equal(['"pvh"', undefined]);
    const pv = settingsOf(pvXml()).settings;
    expect([pv['type'], pv['builder']]).to.deep.equal([undefined, undefined]);
  });

  it('is read back unchanged', () => {
    for (const source of [
      pvConfig('cmdline = "a"'),
      pvConfig('type = "pvh"'),
      hvmConfig('boot = "dc"', 'bios = "ovmf"', 'bios_path_override = "/o"'),
    ]) {
      const first = convert(source, { to: 'xl' }).output;
      expect(convert(convert(source).output ?? '').output).to.equal(first);
    }
  });

  it('is rejected if Xen has no such kind', () => {
    for (const type of ['exe', 'uml', 'aix', '']) {
      const { found } = settingsOf(pvXml().replace('>linux<', `>${type}<`));
      expect(found, type).to.have.length(1);
      expect(found[0]).to.match(/^domain-type: /);
    }
    const other = pvXml().replace('<type>', `<type arch='s390x'>`);
    expect(settingsOf(other).found).to.deep.equal([`domain-type: arch='s390x'`]);
  });

  describe('the firmware of an HVM guest', () => {
    for (const line of ['bios = "ovmf"', 'firmware = "uefi"', 'firmware = "ovmf"']) {
      it(`is OVMF with ${line}`, () => {
        const { output: xml = '' } = convert(hvmConfig(line));
        expect(xml).to.include(`<loader readonly='yes' type='pflash'>/usr/lib/xen/boot/ovmf.bin</loader>`);
        expect(convert(xml).output).to.include('bios = "ovmf"\n');
      });
    }

    for (const line of ['firmware = "bios"', 'firmware = "/opt/hvmloader"']) {
      it(`cannot be expressed by libvirt with ${line}, and is restored`, () => {
        const { output: xml = '' } = convert(hvmConfig(line));
        expect(xml).not.to.include('<loader');
        expect(convert(xml).output).to.include(`${line}\n`);
      });
    }
  });
});

describe('secure boot', () => {
  it('is rejected with everything that has to be changed', () => {
    const os =
      "<os firmware='efi'><type>hvm</type><loader secure='yes'/><firmware><feature enabled='yes' name='secure-boot'/></firmware></os>";
    const xml = `<domain type='kvm'><name>g</name><memory>65536</memory>${os}</domain>`;
    const errors = convert(xml).diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ hint }) => hint)).to.deep.equal([
      "to disable it, write secure='no' of <loader> and enabled='no' of <feature name='secure-boot'>",
    ]);
    const mended = xml.replace("secure='yes'", "secure='no'").replace("enabled='yes'", "enabled='no'");
    expect(convert(mended).output).not.to.equal(undefined);
  });
});

describe('a PV guest that nothing is specified to boot', () => {
  const xml = (machine: string, type: string): string =>
    `<domain type='xen'><name>a</name><memory>65536</memory><os><type arch='x86_64' machine='${machine}'>${type}</type></os></domain>`;

  it("boots with pygrub, as with libvirt's Xen driver", () => {
    const { output, diagnostics } = convert(xml('xenpv', 'linux'));
    expect(output).to.include('bootloader = "pygrub"');
    expect(diagnostics.map(({ code }) => code)).to.include('value-default');
    expect(adapt(xml('xenpv', 'linux')).output).to.equal(xml('xenpv', 'linux'));
  });

  it('is rejected if it is PVH: libxl finds nothing to boot', () => {
    for (const { output, diagnostics } of [
      convert(xml('xenpvh', 'xenpvh')),
      adapt(xml('xenpvh', 'xenpvh')),
    ]) {
      expect(output).to.equal(undefined);
      expect(diagnostics.map(({ code }) => code)).to.include('value-missing');
    }
  });
});
