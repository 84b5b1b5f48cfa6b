import { expect } from 'chai';
import { adapt } from '../../lib/index.js';
import { convert } from '../../lib/convert.js';
import type { Disk } from '../../lib/model/disk.js';
import { hvmXml, pvXml } from '../libvirt/domains.js';
import { hvmConfig, pvConfig, read, readClean, settingsOf } from './guests.js';

const config = (entry: string): string => pvConfig(`disk = [ '${entry}' ]`);

/** The disk of a valid entry. */
function one(entry: string): Disk | undefined {
  const { disks } = readClean(config(entry));
  expect(disks).to.have.length(1);
  return disks[0];
}

const wrong = (entry: string): readonly string[] => read(config(entry)).found;

const plain: Disk = {
  device: 'disk',
  source: { kind: 'file', path: '/d' },
  format: 'raw',
  target: 'xvda',
  bus: 'paravirtual',
  readonly: false,
};
const emptyDrive: Disk = {
  device: 'cdrom',
  format: 'raw',
  target: 'hdc',
  bus: 'paravirtual',
  readonly: true,
};

describe("an xl.cfg's disks", () => {
  describe('by position', () => {
    it('are target, format, vdev and access', () => {
      expect(one('/d,raw,xvda,w')).to.deep.equal(plain);
      expect(one('/d,qcow2,xvda,r')).to.deep.equal({ ...plain, format: 'qcow2', readonly: true });
    });

    it('can omit the format and the access', () => {
      expect(one('/d,,xvda')).to.deep.equal(plain);
      expect(one('/d,raw,xvda,')).to.deep.equal(plain);
    });

    it('accept several spellings of the access', () => {
      for (const access of ['w', 'rw'])
        expect(one(`/d,raw,xvda,${access}`)?.readonly, access).to.equal(false);
      for (const access of ['r', 'ro']) expect(one(`/d,raw,xvda,${access}`)?.readonly, access).to.equal(true);
    });

    it('have each format that Xen supports', () => {
      for (const format of ['raw', 'qcow', 'qcow2', 'vhd', 'qed']) {
        expect(one(`/d,${format},xvda,w`)?.format).to.equal(format);
      }
    });

    it('can specify after the vdev that they are a CD-ROM', () => {
      expect(one('/d,raw,hdc:cdrom,r')).to.deep.equal({
        ...emptyDrive,
        source: { kind: 'file', path: '/d' },
      });
      expect(one('/d,raw,xvda:disk,w')).to.deep.equal(plain);
    });

    it('can continue with named parameters', () => {
      expect(one('/d,raw,xvda,backendtype=qdisk,access=ro')).to.deep.equal({
        ...plain,
        backend: 'qdisk',
        readonly: true,
      });
    });
  });

  describe('by name', () => {
    it('can be in any order', () => {
      expect(one('access=ro,vdev=xvda,format=qcow2,target=/d')).to.deep.equal({
        ...plain,
        format: 'qcow2',
        readonly: true,
      });
    });

    it('can have blanks after the commas', () => {
      expect(one('vdev=xvda, format=raw, target=/d')).to.deep.equal(plain);
    });

    it('have a target that extends to the end', () => {
      expect(one('vdev=xvda,target=/d,vdev=xvdb, access=ro')?.source).to.deep.equal({
        kind: 'file',
        path: '/d,vdev=xvdb, access=ro',
      });
    });

    it('have a target without the trailing comma', () => {
      expect(one('vdev=xvda,target=/d,')).to.deep.equal(plain);
    });

    it('have a backend', () => {
      for (const backend of ['phy', 'qdisk', 'tap']) {
        expect(one(`vdev=xvda,backendtype=${backend},target=/d`)?.backend).to.equal(backend);
      }
    });

    it('are CD-ROMs by devtype, or by cdrom alone', () => {
      expect(one('vdev=hdc,devtype=cdrom')).to.deep.equal(emptyDrive);
      expect(one('vdev=hdc,cdrom')).to.deep.equal(emptyDrive);
    });
  });

  describe('with deprecated prefixes', () => {
    for (const prefix of [
      'file',
      'phy',
      'aio',
      'raw',
      'tap',
      'tap2',
      'tapdisk',
      'ioemu',
      'tap:aio',
      'ioemu:file',
    ]) {
      it(`are read after ${prefix}:`, () => {
        expect(one(`${prefix}:/d,xvda,w`)).to.deep.equal(plain);
      });
    }

    it('can have their format in the prefix', () => {
      expect(one('tap:qcow2:/d,xvda,w')?.format).to.equal('qcow2');
      expect(one('vhd:/d,xvda,w')?.format).to.equal('vhd');
    });

    it('accept no separate format', () => {
      expect(wrong('file:/d,xvda,w,qcow2')).to.deep.equal(['value-invalid: qcow2']);
    });

    it('preserve the script that the prefix stands for', () => {
      for (const script of ['drbd', 'iscsi', 'nbd', 'enbd']) {
        expect(read(config(`${script}:/x,xvda,w`)).domain.disks[0]?.xlParameters).to.deep.equal([
          `script=block-${script}`,
        ]);
      }
    });

    it('that are unknown are rejected', () => {
      expect(wrong('foo:/d,xvda,w')).to.deep.equal(['value-invalid: foo:']);
    });
  });

  describe('that are empty drives', () => {
    for (const entry of [
      ',,hdc:cdrom,r',
      ',hdc:cdrom,r',
      ',empty,hdc:cdrom,r',
      ',raw,hdc,cdrom',
      'vdev=hdc,format=empty,cdrom',
      'file:,hdc:cdrom,r',
      'phy:,hdc:cdrom,r',
    ]) {
      it(`are read from ${entry}`, () => {
        expect(one(entry)).to.deep.equal(emptyDrive);
      });
    }

    it('cannot be hard disks', () => {
      expect(wrong('vdev=xvda')).to.deep.equal([`value-missing: 'vdev=xvda'`]);
      expect(wrong('vdev=xvda,format=empty')).to.deep.equal([`value-missing: 'vdev=xvda,format=empty'`]);
    });
  });

  describe('preserve parameters that only xl has', () => {
    for (const parameter of [
      'discard',
      'no-discard',
      'direct-io-safe',
      'script=block-x',
      'backendtype=standalone',
      'specification=virtio',
      'colo-host=h',
      'active-disk=/a',
    ]) {
      it(parameter, () => {
        expect(one(`/d,raw,xvda,w,${parameter}`)).to.deep.equal({ ...plain, xlParameters: [parameter] });
      });
    }
  });

  describe('are rejected', () => {
    for (const [entry, place] of [
      ['/d', `value-missing: '/d'`],
      ['', `value-missing: ''`],
      ['/d,raw', `value-missing: '/d,raw'`],
      ['target=/d,vdev=xvda', `value-missing: 'target=/d,vdev=xvda'`],
      ['/d,raw,xvda,x', 'value-invalid: x'],
      ['/d,raw,xvda,!', 'value-invalid: !'],
      ['/d,raw,xvda,w,foo', 'value-invalid: foo'],
      ['/d,vmdk,xvda,w', 'value-invalid: vmdk'],
      ['/d,raw,xvda,w,foo=1', 'value-invalid: foo=1'],
      ['/d,raw,xvda,w,backendtype=foo', 'value-invalid: backendtype=foo'],
      ['/d,raw,xvda,w,devtype=foo', 'value-invalid: devtype=foo'],
      ['/d,raw,xvda,w,format=qcow2', 'value-invalid: format=qcow2'],
      ['/d,raw,xvda,w,vdev=xvdb', 'value-invalid: vdev=xvdb'],
      ['/d,raw,xvda,w,target=/e', 'value-invalid: target=/e'],
      ['/d,raw,hdc:foo,w', 'value-invalid: hdc:foo'],
      ['/d=e,raw,xvda,w', 'value-invalid: /d=e'],
      ['Vdev=xvda,target=/d', 'value-invalid: Vdev=xvda'],
      [' /d , raw , xvda , w ', 'value-invalid: raw '],
    ] as const) {
      it(`for ${entry === '' ? 'an empty string' : entry}`, () => {
        expect(wrong(entry)).to.deep.equal([place]);
      });
    }
  });

  it('are block devices below /dev, or with phy', () => {
    expect(one('/dev/vg/a,raw,xvda,w')?.source).to.deep.equal({ kind: 'block', path: '/dev/vg/a' });
    expect(one('/srv/a,raw,xvda,w,backendtype=phy')?.source).to.deep.equal({ kind: 'block', path: '/srv/a' });
    expect(one('/dev/vg/a,raw,xvda,w,backendtype=qdisk')?.source).to.deep.equal({
      kind: 'file',
      path: '/dev/vg/a',
    });
  });

  it('of an HVM guest are on the bus of their name', () => {
    const names = ['xvda', 'hda', 'sda', 'hdc'];
    const source = hvmConfig(`disk = [ ${names.map((name) => `'/d,raw,${name},w'`).join(', ')} ]`);
    expect(readClean(source).disks.map(({ bus }) => bus)).to.deep.equal([
      'paravirtual',
      'ide',
      'scsi',
      'ide',
    ]);
  });

  it('are ignored if they are not a list, as xl does', () => {
    expect(read(pvConfig(`disk = '/d,raw,xvda,w'`)).found).to.deep.equal([`xl-ignored: '/d,raw,xvda,w'`]);
  });
});

describe('disks on the network', () => {
  const source = (attributes: string, host = "<host name='192.0.2.1'/>", type = 'raw'): string =>
    `<disk type='network'><driver name='qemu' type='${type}'/><source ${attributes}>${host}</source><target dev='xvda' bus='xen'/></disk>`;
  const targetOf = (xml: string): string | undefined =>
    /(?:script=[^,]*,)?target=(.*)" \]/.exec(settingsOf(pvXml(xml)).settings['disk'] ?? '')?.[0].slice(0, -3);
  const iqn = 'iqn.2001-05.org.example:a';

  it('are opened by a script of Xen where it can, and by QEMU otherwise', () => {
    const iscsi = (name: string): string => `protocol='iscsi' name='${name}'`;
    expect(targetOf(source(iscsi(iqn)))).to.equal(`script=block-iscsi,target=iqn=${iqn},portal=192.0.2.1`);
    expect(targetOf(source(iscsi(`${iqn}/1`)))).to.equal(`target=iscsi://192.0.2.1/${iqn}/1`);
    expect(targetOf(source(iscsi(iqn), "<host name='san' port='1'/>"))).to.equal(
      `target=iscsi://san:1/${iqn}/0`,
    );
    expect(targetOf(source(iscsi(iqn), undefined, 'qcow2'))).to.equal(`target=iscsi://192.0.2.1/${iqn}/0`);
  });

  it('reach neither the shell of a script nor the command line of QEMU unescaped', () => {
    for (const name of ['iqn.x:a b', 'iqn.x:*', 'iqn.x:$(id)', 'iqn.x:a,portal=b', '-x'])
      expect(targetOf(source(`protocol='iscsi' name='${name}'`))).to.match(
        /^target=iscsi:[A-Za-z0-9%.:/_-]*$/,
      );
    for (const protocol of ['nbd', 'http', 'ssh', 'gluster', 'nfs'])
      expect(
        targetOf(
          source(
            `protocol='${protocol}' name='${/ssh|nfs/.test(protocol) ? '/' : ''}v/a,if=none "&amp;?#\u20ac'`,
          ),
        ),
      ).to.match(/^target=[a-z]+:\/\/192\.0\.2\.1\/v\/[A-Za-z0-9%._~-]*$/);
    for (const host of ['a,b', 'a b', '$(id)', '-oProxyCommand=x', 'a/b', 'a@b', '', '::1]'])
      expect(targetOf(source("protocol='nbd' name='x'", `<host name='${host}'/>`)), host).to.equal(undefined);
    for (const port of ['x', '1,2', '123456'])
      expect(targetOf(source("protocol='nbd'", `<host name='a' port='${port}'/>`)), port).to.equal(undefined);
    for (const query of ['a,b', 'a b', 'a#b'])
      expect(targetOf(source(`protocol='http' name='x' query='${query}'`)), query).to.equal(undefined);
    // Only http and https support a query; it is not lost silently elsewhere.
    expect(targetOf(source("protocol='https' name='x' query='a=1'"))).to.match(/x\?a=1$/);
    for (const protocol of ['nbd', 'gluster'])
      for (const host of ["<host name='a'/>", "<host transport='unix' socket='/s'/>"])
        expect(targetOf(source(`protocol='${protocol}' name='v/x' query='a=1'`, host))).to.equal(undefined);
  });

  it('that QEMU opens are reported: its newer releases do so for emulated disks only', () => {
    const { found } = settingsOf(pvXml(source("protocol='nbd' name='x'")));
    expect(found).to.deep.equal([`disk-network: <source protocol='nbd' name='x'>`]);
  });

  it('are errors if they require a secret, TLS or another initiator', () => {
    for (const inside of ['<auth username="a"/>', '<cookies/>', '<initiator/>', '<ssl verify="no"/>'])
      expect(
        targetOf(source(`protocol='iscsi' name='${iqn}'`, `<host name='192.0.2.1'/>${inside}`)),
      ).to.equal(undefined);
    expect(targetOf(source("protocol='nbd' tls='yes'"))).to.equal(undefined);
  });

  it('do not become another image because of a slash', () => {
    expect(targetOf(source("protocol='nbd' name='/x'"))).to.equal(undefined);
    expect(targetOf(source("protocol='ssh' name='x'"))).to.equal(undefined);
    expect(targetOf(source("protocol='ssh' name='/x'"))).to.equal('target=ssh://192.0.2.1/x');
    for (const name of ['x', '/x'])
      expect(targetOf(source(`protocol='http' name='${name}'`))).to.equal('target=http://192.0.2.1/x');
  });

  it('with a password in the URL have no counterpart in XML', () => {
    const { output } = convert(config('vdev=xvda,backendtype=qdisk,target=iscsi://u%p@192.0.2.1/iqn.x:a/1'));
    expect(output).to.equal(undefined);
  });

  it('are not restored with a preserved target or script of another source', () => {
    const xml = convert(config('vdev=xvda,script=block-drbd,target=r0')).output ?? '';
    expect(xml).to.include("dev='/dev/drbd/by-res/r0/0'");
    for (const [from, to] of [
      ['/dev/drbd/by-res/r0/0', '/dev/vg/a'],
      ['target=r0', 'target=r1'],
      ['script=block-drbd', 'script=block-iscsi'],
    ] as const) {
      const { output, diagnostics } = convert(xml.replace(from, to));
      expect(output).not.to.include('script=');
      expect(diagnostics.map(({ code }) => code)).to.include('preserved-conflict');
    }
  });
});

describe('disks written to an xl.cfg', () => {
  const written = (inside: string, attributes = `type='file'`): ReturnType<typeof settingsOf> =>
    settingsOf(pvXml(`<disk ${attributes}>${inside}<target dev='xvda' bus='xen'/></disk>`));

  it('are named parameters, the target last', () => {
    const { settings, found } = written(`<driver name='qemu' type='qcow2'/><source file='/d,e'/><readonly/>`);
    expect(settings['disk']).to.equal('[ "format=qcow2,vdev=xvda,access=ro,backendtype=qdisk,target=/d,e" ]');
    expect(found).to.deep.equal([]);
  });

  it('are drives without a medium, for an HVM guest', () => {
    const drive = `<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/></disk>`;
    expect(settingsOf(hvmXml(drive)).settings['disk']).to.equal(
      '[ "format=raw,vdev=hdc,access=ro,devtype=cdrom" ]',
    );
  });

  it('omit empty drives of a PV guest, which would wait for a medium in vain', () => {
    const { settings, found } = written('', `type='file' device='cdrom'`);
    expect([settings['disk'], found]).to.deep.equal([undefined, [`unsupported: dev='xvda'`]]);
    const disc = written(`<source file='/d.iso'/>`, `type='file' device='cdrom'`);
    expect(disc.settings['disk']).to.equal(
      '[ "format=raw,vdev=xvda,access=ro,devtype=cdrom,target=/d.iso" ]',
    );
  });

  it('in a format that xl does not support are rejected, not treated as raw', () => {
    for (const type of ['vmdk', 'vdi', 'vpc', 'bochs']) {
      const { settings, found } = written(`<driver type='${type}'/><source file='/d'/>`);
      expect([settings['disk'], found]).to.deep.equal([undefined, [`device-unsupported: type='${type}'`]]);
    }
  });

  it('whose path xl would parse differently are rejected', () => {
    for (const path of ['/d,', '/d&#10;e']) {
      expect(written(`<source file='${path}'/>`).settings['disk']).to.equal(undefined);
    }
  });

  it('are rejected without a source, or of a type that is not a path', () => {
    expect(written('').found).to.deep.equal([`value-missing: <disk type='file'>`]);
    for (const type of ['network', 'nvme', 'vhostuser', 'dir']) {
      expect(written('<source/>', `type='${type}'`).found).to.include(`device-unsupported: type='${type}'`);
    }
  });

  it('that are floppies are omitted with a warning', () => {
    const xml = pvXml(`<disk type='file' device='floppy'><source file='/f'/><target dev='fda'/></disk>`);
    expect(settingsOf(xml).found).to.deep.equal([`unsupported: <disk type='file' device='floppy'>`]);
  });

  it('are read back unchanged', () => {
    for (const entry of [
      'format=raw,vdev=xvda,access=rw,script=block-iscsi,target=iqn=iqn.2001-05.org.example:a,portal=192.0.2.1',
      'format=raw,vdev=xvda,access=rw,script=block-iscsi,target=iqn=iqn.2001-05.org.example:a,portal=[::1]:3260',
      'format=raw,vdev=xvda,access=rw,script=block-iscsi,target=iqn=iqn.2001-05.org.example:a,multipath=y,portal=::1',
      'format=raw,vdev=xvda,access=rw,script=block-drbd,target=r0',
      'format=raw,vdev=xvda,access=rw,backendtype=phy,script=block-rbd,target=vms/a',
      'format=raw,vdev=xvda,access=rw,script=block-rbd,target=rbd:vms/a:id=x',
      'format=raw,vdev=xvda,access=rw,script=/opt/block-x,target=a,b=c',
      'format=raw,vdev=xvda,access=rw,discard,script=block-x,target=/d',
      'format=qcow2,vdev=xvda,access=rw,backendtype=qdisk,target=nbd://192.0.2.1/a%2Cb',
      'format=raw,vdev=xvda,access=rw,backendtype=qdisk,target=nbd:[::1]:10809:exportname=a:b',
      'format=raw,vdev=xvda,access=rw,backendtype=qdisk,target=ssh://host:22/%61',
      'format=raw,vdev=xvda,access=rw,backendtype=qdisk,target=https://host/a%20b?c=d&e',
      'format=raw,vdev=xvda,access=rw,backendtype=qdisk,target=nfs://host/a/b',

      'format=raw,vdev=xvda,access=rw,target=/d',
      'format=qcow2,vdev=xvda,access=ro,backendtype=qdisk,target=/a b,c=d',
      'format=vhd,vdev=xvda,access=rw,backendtype=qdisk,target=/d.vhd',
      'format=raw,vdev=xvda,access=rw,no-discard,target=/d',
      'format=raw,vdev=hdc,access=ro,devtype=cdrom,target=/d.iso',
    ]) {
      const xml = convert(config(entry)).output ?? '';
      expect(convert(xml).output).to.include(`disk = [ "${entry}" ]\n`);
    }
  });
});

describe('the name of a disk', () => {
  const names = {
    accepted: ['xvda', 'xvdaa', 'xvda255', 'hda', 'hdd63', 'sda', 'sdp15', 'd4p1', 'd0p0'],
    rejected: [
      'hdptyc',
      'hde',
      'hda64',
      'sdq',
      'sda16',
      'xvda256',
      'xvda01',
      'xvd',
      'xvdcccccc',
      'vda',
      'a',
      'd1',
    ],
  };
  for (const name of names.accepted) {
    it(`may be ${name}`, () => {
      expect(convert(config(`/d,raw,${name},w`)).output).not.to.equal(undefined);
    });
  }
  for (const name of names.rejected.filter((text) => text !== 'vda')) {
    it(`must not be ${name}, in either format`, () => {
      expect(convert(config(`/d,raw,${name},w`)).output).to.equal(undefined);
      const xml = pvXml(`<disk type='file'><source file='/d'/><target dev='${name}'/></disk>`);
      expect(settingsOf(xml).found.map((text) => text.split(':')[0])).to.deep.equal(['value-invalid']);
    });
  }
});

describe('a device number in place of the name of a disk', () => {
  for (const [number, name] of [
    ['51712', 'xvda'],
    ['0xca10', 'xvdb'],
    ['0145041', 'xvdc1'],
    ['268439552', 'xvdq'],
    ['268435728', 'xvdb16'],
    ['768', 'hda'],
    ['833', 'hdb1'],
    ['5632', 'hdc'],
    ['5696', 'hdd'],
    ['2048', 'sda'],
    ['2303', 'sdp15'],
  ] as const) {
    it(`is converted: ${number} is ${name}`, () => {
      const { output, diagnostics } = convert(config(`/d,raw,${number},w`));
      expect(output).to.include(`<target dev='${name}' `);
      expect(diagnostics.map(({ message }) => message)).to.include(
        `device number ${number} converted to the name of the disk, '${name}'`,
      );
    });
  }
  for (const number of ['1', '896', '5760', '268435456', '536870912', '51712x', '99999999999'])
    it(`is rejected if it is not one of libvirt's: ${number}`, () => {
      expect(convert(config(`/d,raw,${number},w`)).output).to.equal(undefined);
    });
});

describe('a disk that blktap served', () => {
  for (const driver of ["'tap' type='aio'", "'tap2' type='aio'", "'aio'", "'tap'"]) {
    it(`is served by QEMU: driver ${driver}`, () => {
      const xml = pvXml(
        `<disk type='file'><driver name=${driver}/><source file='/d'/><target dev='xvda' bus='xen'/></disk>`,
      );
      const { settings, found } = settingsOf(xml);
      expect(found).to.deep.equal([]);
      expect(settings['disk']).to.include('format=raw').and.include('backendtype=qdisk');
      const { output, diagnostics } = adapt(xml);
      expect(output).to.match(/<driver name='qemu'(?: type='raw')?\/>/);
      expect(diagnostics.map(({ severity, code }) => `${severity} ${code}`)).to.deep.equal([
        'info converted',
      ]);
    });
  }

  it('is read from an xl.cfg, too', () => {
    const { output, diagnostics } = convert(config('/d,raw,xvda,w,backendtype=tap'));
    expect(output).to.include("<driver name='qemu' type='raw'/>");
    expect(diagnostics.map(({ message }) => message)).to.deep.equal([
      "disk 'xvda': backend 'tap' converted to 'qdisk': libxl has no blktap",
    ]);
  });
});

describe('discarding blocks', () => {
  const disk = (discard: string): string =>
    hvmXml(
      `<disk type='file'><driver name='qemu' type='raw' ${discard}/><source file='/d'/><target dev='xvda'/></disk>`,
    );

  it('is on by default, and off for discard=ignore', () => {
    expect(settingsOf(disk("discard='ignore'")).settings['disk']).to.include(',no-discard,');
    for (const other of ['', "discard='unmap'"])
      expect(settingsOf(disk(other)).settings['disk']).not.to.include('discard');
    expect(settingsOf(disk("discard='ignore'")).found).to.deep.equal([]);
  });

  it('is off for discard=ignore, even with other preserved parameters', () => {
    const config = hvmConfig('disk = [ "format=raw,vdev=xvda,access=rw,discard,direct-io-safe,target=/d" ]');
    const xml = convert(config).output?.replace('<driver ', "<driver discard='ignore' ") ?? '';
    expect(settingsOf(xml).settings['disk']).to.include(',no-discard,direct-io-safe,');
  });
});

describe('the path of a block device', () => {
  it('is below /dev if it is relative', () => {
    expect(one('phy:vg0/guest,xvda,w')?.source).to.deep.equal({ kind: 'block', path: '/dev/vg0/guest' });
    expect(convert(convert(config('phy:vg0/guest,xvda,w')).output ?? '').output).to.include(
      'target=/dev/vg0/guest',
    );
  });
});
