import { expect } from 'chai';
import { convert, type Profile } from '../../lib/index.js';

const hvm = `name = "guest"
type = "hvm"
memory = 64
boot = "c"
vnc = 1
disk = [ "/d,raw,hda,w", "/dev/vg/a,raw,sdh,w", "/d,raw,xvdb,w" ]
`;

/** The lines of the XML of a config that contain one of these names. */
function lines(config: string, names: RegExp, profile?: Profile): readonly string[] {
  const { output = '' } = convert(config, { profile });
  return output.split('\n').flatMap((line) => (names.test(line) ? [line.trim()] : []));
}

describe('the profile', () => {
  describe('libvirt', () => {
    it('has a controller for every drive, and their addresses', () => {
      expect(lines(hvm, /<(?:controller|address)/, 'libvirt')).to.deep.equal([
        `<address type='drive' controller='0' bus='0' target='0' unit='0'/>`,
        `<address type='drive' controller='1' bus='0' target='0' unit='0'/>`,
        `<controller type='xenbus' index='0'/>`,
        `<controller type='scsi' index='0'/>`,
        `<controller type='scsi' index='1'/>`,
        `<controller type='ide' index='0'/>`,
      ]);
    });

    it('writes a driver for every disk, and treats a disk without one as a file', () => {
      expect(lines(hvm, /<(?:driver|source)/, 'libvirt')).to.deep.equal([
        `<driver name='qemu' type='raw'/>`,
        `<source file='/d'/>`,
        `<driver name='qemu' type='raw'/>`,
        `<source file='/dev/vg/a'/>`,
        `<driver name='qemu' type='raw'/>`,
        `<source file='/d'/>`,
      ]);
    });

    it('has the loader, an adapter, a mouse, a keyboard and the memory balloon', () => {
      expect(lines(hvm, /<(?:loader|model|input|memballoon)/, 'libvirt')).to.deep.equal([
        `<loader type='rom' format='raw'>/usr/lib/xen/boot/hvmloader</loader>`,
        `<input type='mouse' bus='ps2'/>`,
        `<input type='keyboard' bus='ps2'/>`,
        `<model type='cirrus' vram='8192' heads='1' primary='yes'/>`,
        `<memballoon model='xen'/>`,
      ]);
    });

    it("has a video adapter only with a display, and Xen's for a PV guest", () => {
      const pv = 'name = "guest"\nmemory = 64\nkernel = "/k"\n';
      expect(lines(pv, /<(?:model|input)/, 'libvirt')).to.deep.equal([
        `<input type='mouse' bus='xen'/>`,
        `<input type='keyboard' bus='xen'/>`,
      ]);
      expect(lines(`${pv}vfb = [ "vnc=1" ]\n`, /<model/, 'libvirt')).to.deep.equal([
        `<model type='xen' vram='4096' heads='1' primary='yes'/>`,
      ]);
    });

    it('means the same', () => {
      const back = (profile: Profile): string | undefined =>
        convert(convert(hvm.replace(',raw,sdh', ',raw,sdh,w,backendtype=qdisk'), { profile }).output ?? '')
          .output;
      expect(back('libvirt')?.replaceAll(',backendtype=qdisk', '')).to.equal(
        back('plain')?.replaceAll(',backendtype=qdisk', ''),
      );
    });
  });

  it('is not applied by default', () => {
    const implied = /<(?:controller|address|loader|input|memballoon|video)/;
    expect(lines(hvm, implied)).to.deep.equal([]);
    expect(lines(hvm, implied, 'plain')).to.deep.equal([]);
  });
});
