import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { problems } from '../diagnostics/findings.js';
import { hvmConfig, pvConfig, settingsOf } from '../xl/guests.js';
import { hvmXml, kvmXml, pvXml } from './domains.js';

/** All diagnostics of the conversion to xl.cfg, including info, as `code: source text`. */
const found = (xml: string): readonly string[] =>
  convert(xml, { xen: '4.20' }).diagnostics.map(
    ({ code, span }) => `${code}: ${span ? xml.slice(span.start, span.end) : ''}`,
  );

/** The XML converted to an xl.cfg with --keep and back. */
function thereAndBack(xml: string): string {
  const config = convert(xml, { keep: true, xen: '4.20' });
  expect(config.output, problems(xml, config.diagnostics).join('; ')).to.be.a('string');
  const back = convert(config.output ?? '');
  expect(problems(config.output ?? '', back.diagnostics)).to.deep.equal([]);
  return back.output ?? '';
}

const disk = (inside: string): string =>
  `<disk type='file' device='disk'><source file='/d'/><target dev='xvda' bus='xen'/>${inside}</disk>`;

describe('what is omitted from the xl.cfg of a domain XML', () => {
  it('is reported once for an element, whatever its content', () => {
    const xml = pvXml(`<tpm model='tpm-tis'><backend type='emulator' version='2.0'/></tpm>`);
    expect(found(xml)).to.deep.equal([`unsupported: <tpm model='tpm-tis'>`]);
  });

  it('is reported for each element of the same name', () => {
    expect(found(pvXml(`<rng model='a'/><rng model='b'/>`))).to.deep.equal([
      `unsupported: <rng model='a'/>`,
      `unsupported: <rng model='b'/>`,
    ]);
  });

  it('is reported for an attribute of a converted element', () => {
    expect(found(pvXml(disk('').replace(`bus='xen'`, `bus='xen' removable='on'`)))).to.deep.equal([
      `unsupported: removable='on'`,
    ]);
  });

  it('is a warning for an attribute of an interface that is in no table', () => {
    const parts = [`<mac address='52:54:00:11:22:33' new='1'/>`, `<source bridge='br0' mode='private'/>`];
    const xml = hvmXml(`<interface type='bridge'>${parts.join('')}</interface>`);
    const warnings = convert(xml).diagnostics.filter(({ severity }) => severity === 'warning');
    expect(warnings.map(({ span }) => xml.slice(span?.start, span?.end))).to.deep.equal([
      "new='1'",
      "mode='private'",
    ]);
  });

  it('is reported for an element inside a converted one', () => {
    expect(found(pvXml(disk(`<iotune><read_bytes_sec>5</read_bytes_sec></iotune>`)))).to.deep.equal([
      'unsupported: <iotune>',
    ]);
  });

  it('is reported for a bus that a disk of that name cannot be on', () => {
    const on = (bus: string): string => hvmXml(disk('').replace(`bus='xen'`, `bus='${bus}'`));
    expect(found(on('xen'))).to.deep.equal([]);
    expect(found(on('usb'))).to.deep.equal([`unsupported: bus='usb'`]);
    expect(found(on('sd'))).to.deep.equal([`unsupported: bus='sd'`]);
  });

  it('is reported for a serial port that is not on the ISA bus', () => {
    const port = (type: string): string => hvmXml(`<serial type='pty'><target type='${type}'/></serial>`);
    expect(found(port('isa-serial'))).to.deep.equal([]);
    expect(found(port('usb-serial'))).to.deep.equal([`unsupported: type='usb-serial'`]);
  });

  it('is reported for a TSC mode that Xen does not support', () => {
    const tsc = `<clock offset='utc'><timer name='tsc' mode='smpsafe'/></clock>`;
    expect(found(hvmXml('', tsc))).to.deep.equal([`unsupported: mode='smpsafe'`]);
  });

  it('is reported for elements outside <devices>, and for attributes of <domain>', () => {
    const xml = pvXml('', `<idmap><uid start='0' target='1' count='1'/></idmap><unknown/>`).replace(
      `type='xen'`,
      `type='xen' odd='1'`,
    );
    expect(found(xml)).to.deep.equal([
      `not-implemented: odd='1'`,
      'host-only: <idmap>',
      'not-implemented: <unknown/>',
    ]);
  });

  it('is reported for repeated elements', () => {
    expect(found(pvXml('', '<name>other</name><memory>1</memory>'))).to.deep.equal([
      'unsupported: <name>',
      'unsupported: <memory>',
    ]);
  });

  it('is reported for elements named like properties of every object', () => {
    expect(found(pvXml('<constructor/><__proto__/>', '<toString/>'))).to.deep.equal([
      'not-implemented: <toString/>',
      'not-implemented: <constructor/>',
      'not-implemented: <__proto__/>',
    ]);
  });

  it('is reported for unexpected text, at its position', () => {
    expect(found(pvXml(`<rng model='a'/>stray`))).to.include('not-implemented: stray');
  });

  it('is only info if Xen provides it anyway', () => {
    const xml = pvXml(
      `<memballoon model='xen'/>` + disk(`<alias name='disk0'/><address type='drive' unit='0'/>`),
    ).replace(`type='xen'`, `type='xen' id='5'`);
    expect(problems(xml, convert(xml).diagnostics)).to.deep.equal([]);
  });

  it('makes a strict conversion fail', () => {
    const { output, diagnostics } = convert(pvXml(`<rng model='a'/>`), { strict: true });
    expect(output).to.equal(undefined);
    expect(diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code)).to.deep.equal([
      'unsupported',
    ]);
  });

  describe('is never omitted without a diagnostic:', () => {
    const serial = (type: string, inside: string): string =>
      hvmXml(`<serial type='${type}'>${inside}</serial>`);
    const hvmOs = (inside: string): string => hvmXml().replace('</type>', `</type>${inside}`);
    for (const [what, xml] of [
      [
        "a PV console's file",
        pvXml(`<console type='file'><source path='/x'/><target type='xen' port='0'/></console>`),
      ],
      [
        `a PV console's log`,
        pvXml(`<console type='pty'><log file='/l'/><target type='xen' port='0'/></console>`),
      ],
      [
        'a virtio console',
        hvmXml(
          `<serial type='pty'/><console type='file'><source path='/x'/><target type='virtio'/></console>`,
        ),
      ],
      ['the video of a PV guest', pvXml(`<video><model type='qxl' vram='65536'/></video>`)],
      ['the heads of a video', hvmXml(`<video><model type='cirrus' heads='4'/></video>`)],
      ['an own ROM', hvmOs(`<loader type='rom'>/my/rom</loader>`)],
      ['the bootloader of an HVM guest', hvmXml('', '<bootloader>/usr/bin/pygrub</bootloader>')],
      ['that a serial file is appended to', serial('file', `<source path='/x' append='on'/>`)],
      [
        'that a serial port reconnects',
        serial(
          'tcp',
          `<source mode='connect' host='h' service='1'><reconnect enabled='yes' timeout='5'/></source>`,
        ),
      ],
      [
        'a protocol that nobody knows',
        serial('tcp', `<source mode='connect' host='h' service='1'/><protocol type='foo'/>`),
      ],
      ['the driver of a disk', pvXml(disk(`<driver name='loop'/>`))],
      ['that a disk is a LUN', pvXml(disk('').replace(`device='disk'`, `device='lun'`))],
      ['automatic placement', pvXml('', `<vcpu placement='auto'>2</vcpu>`)],
      ['a second emulator', pvXml('<emulator>/x</emulator><emulator>/y</emulator>')],
    ] as const) {
      it(what, () => {
        expect(found(xml)).not.to.deep.equal([]);
      });
    }

    it('an own hvmloader, which libvirt ignores', () => {
      const told = convert(hvmOs(`<loader type='rom'>/my/hvmloader</loader>`)).diagnostics;
      expect(told.map(({ message }) => message)).to.include(
        "path '/my/hvmloader' of <loader> omitted: an HVM guest boots with the hvmloader of its Xen",
      );
    });

    it("a PV guest's clock offset", () => {
      const xml = pvXml('', `<clock offset='variable' adjustment='3600' basis='utc'/>`);
      expect(settingsOf(xml).settings['rtc_timeoffset'] ?? found(xml)[0]).not.to.equal(undefined);
    });

    it('the disk to boot from', () => {
      const ordered = (dev: string, order: number): string =>
        `<disk type='file'><source file='/${dev}'/><target dev='${dev}' bus='ide'/><boot order='${order}'/></disk>`;
      expect(found(hvmXml(ordered('hda', 1) + ordered('hdb', 2)))).to.deep.equal([]);
      expect(found(hvmXml(ordered('hda', 2) + ordered('hdb', 1)))).not.to.deep.equal([]);
    });
  });
});

describe('pieces of XML preserved in an xl.cfg', () => {
  it('are comments at its end, with their location', () => {
    const xml = pvXml(disk(`<serial>S-1</serial>`) + `<rng model='a'/>`, '<title>T</title>');
    const { output = '' } = convert(xml, { keep: true, xen: '4.20' });
    expect(output.split('\n').filter((line) => line.startsWith('#'))).to.deep.equal([
      '# virt2xen:kept . {"kind":"element","xml":"<title>T</title>"}',
      `# virt2xen:kept devices {"kind":"element","xml":"<rng model='a'/>"}`,
      '# virt2xen:kept devices/disk {"kind":"element","xml":"<serial>S-1</serial>"}',
    ]);
  });

  it('exist only on request', () => {
    expect(convert(pvXml(`<rng model='a'/>`)).output).not.to.include('#');
  });

  it('are not settings to xl, whatever they contain', () => {
    const { output = '' } = convert(pvXml('', `<title>x\nextra = "evil"\r\n# y\u2028z</title>`), {
      keep: true,
    });
    const extra = output.split('\n').filter((line) => /^\s*extra/.test(line));
    expect(extra).to.deep.equal([]);
    expect(thereAndBack(pvXml('', `<title>x\nextra = "evil"\n</title>`))).to.include(
      '<title>x\nextra = &quot;evil&quot;\n</title>',
    );
  });

  it('are restored to their location', () => {
    const back = thereAndBack(
      pvXml(
        disk(`<serial>S-1</serial>`).replace(`bus='xen'`, `bus='xen' removable='on'`) + `<rng model='a'/>`,
        '<title>T &amp; U</title>',
      ),
    );
    expect(back).to.include('  <title>T &amp; U</title>\n');
    expect(back).to.include(
      `      <target dev='xvda' bus='xen' removable='on'/>\n      <serial>S-1</serial>\n`,
    );
    expect(back).to.include(`    <rng model='a'/>\n  </devices>\n`);
  });

  it("are restored in libvirt's order of elements", () => {
    const back = thereAndBack(
      pvXml('', '<keywrap/><sysinfo/><title>T</title><blkiotune><weight>5</weight></blkiotune>'),
    );
    const order = [...back.matchAll(/^ {2}<([a-z_A-Z]+)/gm)].map(([, name]) => name);
    expect(order).to.deep.equal([
      'name',
      'title',
      'memory',
      'currentMemory',
      'blkiotune',
      'vcpu',
      'sysinfo',
      'os',
      'clock',
      'on_poweroff',
      'on_reboot',
      'on_crash',
      'devices',
      'keywrap',
    ]);
  });

  it('are restored to the device that they belong to', () => {
    const disks = ['xvda', 'xvdb', 'xvdc']
      .map(
        (dev) =>
          `<disk type='file'><source file='/${dev}'/><target dev='${dev}' bus='xen'/><serial>${dev}</serial></disk>`,
      )
      .join('');
    const back = thereAndBack(pvXml(disks));
    expect(
      [...back.matchAll(/dev='(\w+)' bus='xen'\/>\n\s*<serial>(\w+)</g)].map(([, dev, text]) => [dev, text]),
    ).to.deep.equal([
      ['xvda', 'xvda'],
      ['xvdb', 'xvdb'],
      ['xvdc', 'xvdc'],
    ]);
  });

  it('are restored to the device that they belong to, after one that is omitted', () => {
    const floppy = `<disk type='file' device='floppy'><source file='/f'/><target dev='fda'/></disk>`;
    const back = thereAndBack(hvmXml(floppy + disk('<serial>S</serial>')));
    expect(back).to.match(/dev='xvda' bus='xen'\/>\n\s*<serial>S</);
  });

  it('are restored from several <devices>', () => {
    const second = `<devices><disk type='file'><source file='/e'/><target dev='xvdb' bus='xen'/><serial>E</serial></disk><rng model='a'/></devices>`;
    const xml = pvXml(disk('<serial>D</serial>')).replace('</domain>', `${second}</domain>`);
    const back = thereAndBack(xml);
    expect(
      [...back.matchAll(/dev='(\w+)' bus='xen'\/>\n\s*<serial>(\w+)</g)].map(([, dev, text]) => [dev, text]),
    ).to.deep.equal([
      ['xvda', 'D'],
      ['xvdb', 'E'],
    ]);
    expect(back).to.include(`<rng model='a'/>`);
  });

  it('are restored with the namespaces that they require', () => {
    const xml = pvXml('', `<q:own q:z='1'><q:in/></q:own>`).replace(
      `type='xen'`,
      `type='xen' xmlns:q='urn:q'`,
    );
    const back = thereAndBack(xml);
    expect(back).to.match(/<q:own xmlns:q='urn:q' q:z='1'>\s*<q:in\/>\s*<\/q:own>/);
  });

  it('are restored as attributes with the namespaces that they require', () => {
    const xml = pvXml(disk('').replace('<disk', `<disk q:z='1'`)).replace(
      `type='xen'`,
      `type='xen' xmlns:q='urn:q'`,
    );
    const back = thereAndBack(xml);
    expect(back).to.include(`q:z='1'`);
    expect(back).to.include(`xmlns:q='urn:q'`);
  });

  it("are restored as other programs' metadata", () => {
    const metadata = `<metadata><o:vm xmlns:o='urn:o'><o:id>5</o:id></o:vm></metadata>`;
    expect(thereAndBack(pvXml('', metadata))).to.include(`  <metadata>
    <o:vm xmlns:o='urn:o'>
      <o:id>5</o:id>
    </o:vm>
  </metadata>
`);
  });

  it("are restored as other programs' metadata beside virt2xen's own", () => {
    const xml = pvXml(
      `<channel type='pty'><target type='xen' name='a'/></channel>`,
      `<metadata><o:vm xmlns:o='urn:o'/><v2x:xl xmlns:v2x='urn:virt2xen:1'><v2x:channel name='a' backend='d'/></v2x:xl></metadata>`,
    );
    const { output = '' } = convert(convert(xml, { keep: true }).output ?? '');
    expect(output).to.include(`<o:vm xmlns:o='urn:o'/>`);
    expect(output).to.include(`<v2x:channel name='a' backend='d'/>`);
    expect(output.match(/<metadata>/g)).to.have.length(1);
  });

  it('are restored with CDATA, references and unusual names', () => {
    const xml = pvXml('', `<title>&lt;a&gt; <![CDATA[<b>]]> &#x1F408;</title><__proto__ constructor='"'/>`);
    const back = thereAndBack(xml);
    expect(back).to.include('<title>&lt;a&gt; &lt;b&gt; 🐈</title>');
    expect(back).to.include(`<__proto__ constructor='&quot;'/>`);
  });

  it('are not restored with text between elements, whose order would be lost: they are reported', () => {
    const { output = '', diagnostics } = convert(
      pvXml('', '<description>one <b>two</b> three</description>'),
      {
        keep: true,
      },
    );
    expect(output).to.not.include('virt2xen:kept');
    expect(diagnostics.some(({ message }) => message.startsWith('<description>'))).to.equal(true);
  });

  it('are restored as whole devices that xl cannot express', () => {
    const floppy = `<disk type='file' device='floppy'><source file='/f'/><target dev='fda' bus='fdc'/></disk>`;
    expect(thereAndBack(hvmXml(floppy))).to.include(`device='floppy'`);
    expect(thereAndBack(hvmXml(`<graphics type='vnc'/><graphics type='spice' port='5901'/>`))).to.include(
      `type='spice'`,
    );
    expect(thereAndBack(pvXml(`<graphics type='spice' port='5901'/>`))).to.include(`type='spice'`);
    expect(thereAndBack(pvXml(`<serial type='pty'><target port='0'/></serial>`))).to.include('<serial');
    expect(
      thereAndBack(
        pvXml(`<input type='passthrough' bus='virtio'><source evdev='/dev/input/event1'/></input>`),
      ),
    ).to.include("type='passthrough'");
  });

  it('do not include what is implied', () => {
    const back = thereAndBack(
      pvXml(disk(`<alias name='disk0'/>`)).replace(`type='xen'`, `type='xen' id='5'`),
    );
    expect(back).not.to.match(/alias|id='5'/);
  });

  it('are overridden by an existing attribute', () => {
    const config = pvConfig(
      `disk = ['/d,raw,xvda,w']`,
      '# virt2xen:kept devices/disk/target {"kind":"attribute","name":"dev","value":"sda"}',
    );
    expect(convert(config).output).to.include(`<target dev='xvda' bus='xen'/>`);
  });

  it('that are overridden by an existing attribute are reported', () => {
    const config = pvConfig(
      `disk = ['/d,raw,xvda,w']`,
      '# virt2xen:kept devices/disk/target {"kind":"attribute","name":"dev","value":"sda"}',
    );
    expect(convert(config).diagnostics.map(({ code }) => code)).to.deep.equal(['preserved-conflict']);
  });

  it('are reported if their location does not exist', () => {
    const config = pvConfig('# virt2xen:kept devices/disk[2] {"kind":"element","xml":"<serial>S</serial>"}');
    expect(convert(config).diagnostics.map(({ code }) => code)).to.deep.equal(['preserved-conflict']);
  });

  it('are reported if they cannot be parsed', () => {
    for (const comment of [
      '# virt2xen:kept . {"kind":"element"}',
      '# virt2xen:kept . {',
      '# virt2xen:kept ',
      '# virt2xen:kept . null',
      '# virt2xen:kept . {"kind":"attribute","name":"x"}',
    ]) {
      const config = pvConfig(comment);
      expect(problems(config, convert(config).diagnostics), comment).to.deep.equal([
        `preserved-conflict: ${comment}\n`,
      ]);
    }
  });

  it('cannot introduce invalid XML', () => {
    for (const xml of ['<a>', '<a/><b/>', 'text', '<!DOCTYPE a><a/>', '']) {
      const config = pvConfig(`# virt2xen:kept . ${JSON.stringify({ kind: 'element', xml })}`);
      const { output, diagnostics } = convert(config);
      expect(
        diagnostics.map(({ code }) => code),
        xml,
      ).to.deep.equal(['preserved-conflict']);
      expect(output).not.to.include('<a');
    }
  });

  it('cannot introduce an attribute with an invalid name', () => {
    for (const name of ['a b', `x='1' y`, '', '1', 'a>']) {
      const config = pvConfig(`# virt2xen:kept . ${JSON.stringify({ kind: 'attribute', name, value: 'v' })}`);
      const { output = '', diagnostics } = convert(config);
      expect(
        diagnostics.map(({ code }) => code),
        name,
      ).to.deep.equal(['preserved-conflict']);
      expect(output).to.include(`<domain type='xen'>`);
    }
  });

  it('are supported for a KVM domain, too', () => {
    const back = thereAndBack(
      kvmXml(`<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>`),
    );
    expect(back).to.match(
      /<rng model='virtio'>\s*<backend model='random'>\/dev\/urandom<\/backend>\s*<\/rng>/,
    );
  });
});

describe('settings of an xl.cfg that libvirt cannot express', () => {
  /** The lines of a config after converting to XML and back. */
  function comeBack(config: string): readonly string[] {
    const { output: xml = '' } = convert(config);
    const { output = '', diagnostics } = convert(xml);
    expect(problems(xml, diagnostics)).to.deep.equal([]);
    return output.split('\n');
  }

  it('are reported at their keys', () => {
    const config = pvConfig('cpu_weight = 512', `pci = [ '01:00.0' ]`);
    const found = problems(config, convert(config).diagnostics);
    expect(found).to.include('not-implemented: cpu_weight');
  });

  it('are preserved in <metadata>, in xl.cfg syntax', () => {
    const config = pvConfig(`device_model_args_hvm = [ "-foo", 'b"r' ]`, 'cpu_weight = 256', 'nomigrate = 1');
    expect(convert(config).output).to.include(`  <metadata>
    <v2x:xl xmlns:v2x='urn:virt2xen:1'>
      <v2x:settings>device_model_args_hvm = [ &quot;-foo&quot;, &apos;b&quot;r&apos; ]
cpu_weight = 256
nomigrate = 1</v2x:settings>
    </v2x:xl>
  </metadata>
`);
  });

  for (const line of [
    'cpu_weight = 256',
    'cpu_weight = "0x100"',
    'p9 = [ "tag=t,path=/p,security_model=none" ]',
    String.raw`device_model_args_hvm = [ "a\\b", "c\nd", "\"e'" ]`,
    'a.b = ""',
    'empty = [  ]',
    'tricky = "]]> & <x> &amp; \t"',
  ]) {
    it(`are restored unchanged: ${line}`, () => {
      expect(comeBack(pvConfig(line))).to.include(line);
    });
  }

  it('are restored for a kind of guest whose value libvirt cannot express', () => {
    for (const line of [
      'pae = 0',
      'viridian = [ "base", "freq" ]',
      'on_crash = "soft-reset"',
      'vnc = 0',
      'serial = [ "msmouse" ]',
    ]) {
      expect(comeBack(hvmConfig(line)), line).to.include(line);
    }
  });

  it('are restored as one value if they were extended with +=', () => {
    expect(comeBack(pvConfig(`ioports = [ "a" ]`, `ioports += [ "b" ]`))).to.include(
      'ioports = [ "a", "b" ]',
    );
  });

  it('are overridden by the XML, which is reported', () => {
    const xml = pvXml(
      '',
      `<metadata><v2x:xl xmlns:v2x='urn:virt2xen:1'><v2x:settings>vcpus = 5</v2x:settings></v2x:xl></metadata>`,
    );
    const { settings, found } = settingsOf(xml);
    expect(settings['vcpus']).to.equal('1');
    expect(found).to.deep.equal(['preserved-conflict']);
  });

  it('that are damaged in <metadata> are reported there', () => {
    const xml = pvXml(
      '',
      `<metadata><v2x:xl xmlns:v2x='urn:virt2xen:1'><v2x:settings>a = b</v2x:settings></v2x:xl></metadata>`,
    );
    expect(settingsOf(xml).found).to.deep.equal(['preserved-conflict: <v2x:settings>']);
  });

  it('are found by namespace, whatever the prefix', () => {
    for (const xl of [
      `<k:xl xmlns:k='urn:virt2xen:1'><k:settings>cpu_weight = 5</k:settings></k:xl>`,
      `<xl xmlns='urn:virt2xen:1'><settings>cpu_weight = 5</settings></xl>`,
    ]) {
      expect(settingsOf(pvXml('', `<metadata>${xl}</metadata>`)).settings['cpu_weight']).to.equal('5');
    }
    const foreign = `<v2x:xl xmlns:v2x='urn:other'><v2x:settings>cpu_weight = 5</v2x:settings></v2x:xl>`;
    expect(settingsOf(pvXml('', `<metadata>${foreign}</metadata>`)).settings['cpu_weight']).to.equal(
      undefined,
    );
  });

  it('cannot add a channel, disk or interface that bypasses the checks', () => {
    const xml = pvXml(
      '',
      `<metadata><v2x:xl xmlns:v2x='urn:virt2xen:1'><v2x:settings>channel = [ "connection=socket,path=/evil,name=e" ]</v2x:settings></v2x:xl></metadata>`,
    );
    const { settings } = settingsOf(xml);
    expect(settings['channel']).to.equal(undefined);
  });

  it('are omitted with keep: false', () => {
    expect(convert(pvConfig('cpu_weight = 256'), { keep: false }).output).not.to.include('metadata');
  });
});

describe('device parameters that libvirt cannot express', () => {
  for (const line of [
    'disk = [ "format=raw,vdev=xvda,access=rw,discard,script=block-drbd,target=/d" ]',
    'disk = [ "format=qcow2,vdev=xvda,access=ro,backend=driver,target=/d,e" ]',
    'vif = [ "mac=00:16:3e:00:00:01,bridge=br0,script=vif-bridge,mtu=9000,untrusted" ]',
    'vif = [ "bridge=ovs0.7,script=vif-openvswitch,mtu=9000,backend=net" ]',
    'vif = [ "bridge=ovs0:7:8,script=vif-openvswitch" ]',
    String.raw`disk = [ "format=raw,vdev=xvda,access=rw,backendtype=qdisk,target=rbd:pool/image@s:id=me:key=c2VjcmV0:auth_supported=cephx\\;none:mon_host=a\\:6789\\;[2001\\:db8\\:\\:1]" ]`,
    'vif = [ "bridge=br0,script=vif-bridge,rate=1MB/s@20ms" ]',
    'channel = [ "connection=pty,name=a,backend=driver" ]',
  ]) {
    it(`are restored from <metadata>: ${line}`, () => {
      const { output: xml = '' } = convert(pvConfig(line));
      expect(convert(xml).output).to.include(`${line}\n`);
    });
  }

  it('cannot be parameters that libvirt can express, which would override the XML', () => {
    const metadata = (inside: string): string =>
      `<metadata><v2x:xl xmlns:v2x='urn:virt2xen:1'>${inside}</v2x:xl></metadata>`;
    const disk = `<disk type='file'><source file='/d'/><target dev='xvda' bus='xen'/></disk>`;
    const nic = `<interface type='bridge'><source bridge='br0'/></interface>`;
    for (const [devices, preserved] of [
      [disk, `<v2x:disk target='xvda'>target=/evil</v2x:disk>`],
      [disk, `<v2x:disk target='xvda'>vdev=evil</v2x:disk>`],
      [nic, `<v2x:interface place='1'>script=/evil</v2x:interface>`],
      [nic, `<v2x:interface place='1'>bridge=evil</v2x:interface>`],
    ] as const) {
      expect(convert(pvXml(devices, metadata(preserved))).output ?? '', preserved).not.to.include('evil');
    }
  });
});
