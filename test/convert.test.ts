import { expect } from 'chai';
import {
  convert,
  formatDomainXml,
  formatXlConfig,
  nothingPreserved,
  parseDomainXml,
  parseXlConfig,
  type Domain,
} from '../lib/index.js';
import { findings } from './diagnostics/findings.js';
import { pvXml } from './libvirt/domains.js';
import { pvConfig } from './xl/guests.js';

const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))));

describe('the format of a document', () => {
  const formatOf = (source: string): string | undefined => convert(source).from;

  it('is domain XML if it starts with <, after any white space', () => {
    expect(formatOf(pvXml())).to.equal('libvirt');
    expect(formatOf(`\n \t<domain/>`)).to.equal('libvirt');
    expect(formatOf(`\ufeff<?xml version='1.0'?>`)).to.equal('libvirt');
    expect(formatOf(`<!-- comment -->\n<domain/>`)).to.equal('libvirt');
  });

  it('is an xl.cfg if it starts with a setting, after blank lines and comments', () => {
    expect(formatOf(pvConfig())).to.equal('xl');
    expect(formatOf('name="a"')).to.equal('xl');
    expect(formatOf('\n  # a comment with <\n\n\t# another\n  name\t= "a"\n')).to.equal('xl');
    expect(formatOf('vif += [ "" ]\n')).to.equal('xl');
    expect(formatOf('# comment\r\nname = "a"\r\n')).to.equal('xl');
  });

  it('cannot be detected for an empty document or other text', () => {
    for (const source of ['', ' \n', '{"name": "a"}', 'just text', 'Name = 1', '[section]\nname=1']) {
      const { from, output, diagnostics } = convert(source);
      expect([from, output, diagnostics.map(({ code }) => code)], source).to.deep.equal([
        undefined,
        undefined,
        ['input-unrecognized'],
      ]);
    }
  });

  it('cannot be detected for other text after any number of blank lines', () => {
    expect(formatOf(`${'\n'.repeat(26)}!`)).to.equal(undefined);
  });

  it('is not an S-expression, in which xend printed its domains', () => {
    const [found] = convert('(domain\n  (name a)\n)').diagnostics;
    expect([found?.code, found?.message]).to.deep.equal([
      'input-unrecognized',
      'the document is an S-expression of xend, which xl does not read',
    ]);
  });

  it('that is not recognized is an error with the option in its remedy', () => {
    expect(convert('text').diagnostics).to.deep.equal([
      {
        code: 'input-unrecognized',
        severity: 'error',
        message: 'neither domain XML nor an xl.cfg',
        span: { start: 0, end: 1 },
        hint: 'specify the input format',
        remedy: { option: 'from' },
      },
    ]);
  });

  it('is the one that the caller specifies, whatever the content', () => {
    expect(convert(pvConfig(), { from: 'libvirt' }).diagnostics.map(({ code }) => code)).to.include(
      'xml-syntax',
    );
    expect(convert(pvXml(), { from: 'xl' }).diagnostics.map(({ code }) => code)).to.include('xl-syntax');
    expect(convert('', { from: 'xl' }).diagnostics.map(({ code }) => code)).to.include('value-missing');
    expect(convert('', { from: 'libvirt' }).diagnostics.map(({ code }) => code)).to.deep.equal([
      'xml-syntax',
    ]);
  });

  it('of the output is the other one, or the one that the caller specifies', () => {
    expect(convert(pvXml()).to).to.equal('xl');
    expect(convert(pvConfig()).to).to.equal('libvirt');
    const same = convert(pvXml(), { to: 'libvirt' });
    expect([same.from, same.to, same.output?.slice(0, 7)]).to.deep.equal(['libvirt', 'libvirt', '<domain']);
  });
});

describe('a document of bytes', () => {
  it('is read as UTF-8', () => {
    expect(convert(bytes(pvConfig().replace('guest', 'größe 🐈'))).output).to.include(
      '<name>größe 🐈</name>',
    );
  });

  it('may start with a byte order mark, which is counted in spans', () => {
    const { source, diagnostics, output } = convert(bytes([0xef, 0xbb, 0xbf], pvXml('<rng/>')));
    expect(source.charCodeAt(0)).to.equal(0xfeff);
    expect(findings(source, diagnostics)).to.deep.equal(['unsupported: <rng/>']);
    expect(output).to.be.a('string');
  });

  for (const [what, bad] of [
    ['a lone byte', [0xff]],
    ['Latin-1', [0xe4, 0x20]],
    ['an overlong form', [0xc0, 0x80]],
    ['half a pair', [0xed, 0xa0, 0xbd]],
    ['a character above the last', [0xf4, 0x90, 0x80, 0x80]],
    ['a continuation alone', [0x80]],
    ['a character that is cut off', [0xf0, 0x9f, 0x90, 0x22]],
  ] as const) {
    it(`is rejected with ${what}, at its position`, () => {
      const before = 'name = "größe 🐈';
      const { output, diagnostics } = convert(bytes(before, bad, '"\nmemory = 64\n'));
      expect(output).to.equal(undefined);
      expect(diagnostics.map(({ code, span }) => [code, span?.start])).to.deep.equal([
        ['input-encoding', before.length],
      ]);
    });
  }

  it('is rejected if its last character is incomplete', () => {
    const { diagnostics } = convert(bytes('name = "', [0xf0, 0x9f]));
    expect(diagnostics.map(({ code, span }) => [code, span?.start])).to.deep.equal([['input-encoding', 8]]);
  });
});

describe('the limit', () => {
  it('is 4 MiB', () => {
    const comment = `# ${'x'.repeat(4 * 1024 * 1024)}\n`;
    expect(convert(comment + pvConfig()).diagnostics.map(({ code }) => code)).to.deep.equal([
      'input-too-large',
    ]);
  });

  it('can be another, and counts bytes', () => {
    const source = pvConfig().replace('guest', 'ö');
    const length = Buffer.byteLength(source);
    expect(convert(bytes(source), { limit: length }).output).to.be.a('string');
    const { output, diagnostics } = convert(bytes(source), { limit: length - 1 });
    expect(output).to.equal(undefined);
    expect(diagnostics).to.deep.equal([
      {
        code: 'input-too-large',
        severity: 'error',
        message: `the document is larger than ${length - 1} bytes`,
        hint: 'raise the maximum input size',
        remedy: { option: 'limit' },
      },
    ]);
  });

  it('applies to parsing without conversion, too', () => {
    expect(parseXlConfig(pvConfig(), { limit: 5 }).domain).to.equal(undefined);
    expect(parseDomainXml(pvXml(), { limit: 5 }).diagnostics.map(({ code }) => code)).to.deep.equal([
      'input-too-large',
    ]);
  });
});

describe('a document with very many errors', () => {
  it('is rejected', () => {
    const { output, diagnostics } = convert(pvXml(`<rng>${'&x; '.repeat(10_000)}</rng>`));
    expect(output).to.equal(undefined);
    expect(diagnostics).to.have.lengthOf(10_000);
    expect(new Set(diagnostics.map(({ code }) => code))).to.deep.equal(new Set(['xml-reference']));
  });
});

describe('a strict conversion', () => {
  it('treats warnings as errors, and then has no output', () => {
    const { output, diagnostics } = convert(pvXml('<rng/>'), { strict: true, xen: '4.20' });
    expect(output).to.equal(undefined);
    expect(diagnostics.map(({ code, severity }) => [code, severity])).to.deep.equal([
      ['unsupported', 'error'],
    ]);
  });

  it('accepts info diagnostics', () => {
    const { output, diagnostics } = convert(
      pvXml(`<channel type='pty'><target type='virtio' name='a'/></channel>`),
      { strict: true },
    );
    expect(output).to.be.a('string');
    expect(new Set(diagnostics.map(({ severity }) => severity))).to.deep.equal(new Set(['info']));
  });
});

describe('a conversion', () => {
  it('writes a whole xl.cfg', () => {
    expect(
      convert(
        `<domain type='xen'>
  <name>guest</name>
  <uuid>C7A5FDB2-CDAF-9455-926A-D65C16DB1809</uuid>
  <memory unit='GiB'>1</memory>
  <currentMemory unit='KiB'>524289</currentMemory>
  <vcpu current='2' cpuset='0-3,^2'>4</vcpu>
  <os><type arch='x86_64' machine='xenpv'>linux</type><kernel>/k</kernel><initrd>/i</initrd><cmdline>root=/dev/xvda ro</cmdline></os>
  <on_crash>preserve</on_crash>
  <devices>
    <disk type='block'><driver name='phy' type='raw'/><source dev='/dev/vg/a'/><target dev='xvda' bus='xen'/></disk>
    <interface type='bridge'><mac address='00:16:3e:00:00:01'/><source bridge='br0'/></interface>
    <channel type='unix'><source mode='bind' path='/run/a'/><target type='xen' name='org.qemu.guest_agent.0'/></channel>
  </devices>
</domain>`,
        { xen: '4.20' },
      ),
    ).to.deep.include({
      output: `name = "guest"
uuid = "c7a5fdb2-cdaf-9455-926a-d65c16db1809"
maxmem = 1024
memory = 513
maxvcpus = 4
vcpus = 2
cpus = "0-1,3"
localtime = 0
on_poweroff = "destroy"
on_reboot = "restart"
on_crash = "preserve"
vif = [ "mac=00:16:3e:00:00:01,bridge=br0,script=vif-bridge" ]
kernel = "/k"
ramdisk = "/i"
cmdline = "root=/dev/xvda ro"
disk = [ "format=raw,vdev=xvda,access=rw,backendtype=phy,target=/dev/vg/a" ]
channel = [ "connection=socket,path=/run/a,name=org.qemu.guest_agent.0" ]
`,
      diagnostics: [],
      from: 'libvirt',
      to: 'xl',
    });
  });

  it('writes a whole domain XML', () => {
    const config = pvConfig(
      'vcpus = 2',
      `disk = [ '/srv/d.qcow2,qcow2,xvda,r' ]`,
      `vif = [ 'mac=00:16:3E:00:00:01,bridge=br0' ]`,
      `channel = [ 'connection=pty,name=a' ]`,
    );
    expect(convert(config, { xen: '4.20' })).to.deep.include({
      output: `<domain type='xen'>
  <name>guest</name>
  <memory unit='KiB'>65536</memory>
  <currentMemory unit='KiB'>65536</currentMemory>
  <vcpu placement='static'>2</vcpu>
  <os>
    <type arch='x86_64' machine='xenpv'>linux</type>
    <kernel>/boot/vmlinuz</kernel>
  </os>
  <clock offset='utc' adjustment='reset'/>
  <on_poweroff>destroy</on_poweroff>
  <on_reboot>restart</on_reboot>
  <on_crash>destroy</on_crash>
  <devices>
    <disk type='file' device='disk'>
      <driver type='qcow2'/>
      <source file='/srv/d.qcow2'/>
      <target dev='xvda' bus='xen'/>
      <readonly/>
    </disk>
    <interface type='bridge'>
      <mac address='00:16:3e:00:00:01'/>
      <source bridge='br0'/>
    </interface>
    <console type='pty'>
      <target type='xen' port='0'/>
    </console>
    <channel type='pty'>
      <target type='xen' name='a'/>
    </channel>
  </devices>
</domain>
`,
      diagnostics: [],
    });
  });

  it('returns diagnostics that are plain data', () => {
    const { diagnostics } = convert(pvXml('<rng/>', '<vcpu>0</vcpu>'));
    expect(JSON.parse(JSON.stringify(diagnostics))).to.deep.equal(diagnostics);
    expect(structuredClone(diagnostics)).to.deep.equal(diagnostics);
  });

  it('returns the same for the same input', () => {
    expect(convert(pvXml('<rng/>'))).to.deep.equal(convert(pvXml('<rng/>')));
  });

  it('from a format to itself changes nothing the second time', () => {
    const config = convert(pvConfig(`vif = [ 'bridge=b' ]`, 'cpu_weight = 5'), { to: 'xl' }).output ?? '';
    expect(convert(config, { to: 'xl' }).output).to.equal(config);
    const xml =
      convert(pvXml(`<interface type='bridge'><source bridge='b'/></interface>`), { to: 'libvirt' }).output ??
      '';
    expect(convert(xml, { to: 'libvirt' }).output).to.equal(xml);
  });

  it('has no output if there is an error, and reports all errors in the order of the document', () => {
    const xml = pvXml(
      `<disk type='nvme'><target dev='xvda'/></disk><channel type='foo'><target type='xen' name='a'/></channel>`,
      '<vcpu>0</vcpu><rng/>',
    );
    const { output, diagnostics } = convert(xml);
    expect(output).to.equal(undefined);
    expect(findings(xml, diagnostics)).to.deep.equal([
      'value-invalid: 0',
      'not-implemented: <rng/>',
      `device-unsupported: type='nvme'`,
      `channel-connection: type='foo'`,
    ]);
  });

  it('rejects XML whose root is not <domain>', () => {
    const xml = `<network type='xen'><name>a</name></network>`;
    expect(findings(xml, convert(xml).diagnostics)).to.deep.equal([`xml-root: <network type='xen'>`]);
  });

  it('rejects a hypervisor that cannot be converted to Xen, or none', () => {
    const lxc = pvXml().replace(`'xen'`, `'lxc'`);
    expect(findings(lxc, convert(lxc).diagnostics)).to.deep.equal([`domain-type: type='lxc'`]);
    const none = pvXml().replace(` type='xen'`, '');
    expect(findings(none, convert(none).diagnostics)).to.deep.equal(['value-missing: <domain>']);
  });

  it('rejects a domain without a name, memory or guest type', () => {
    expect(convert(`<domain type='xen'/>`).diagnostics.map(({ code }) => code)).to.deep.equal([
      'value-missing',
      'value-missing',
      'value-missing',
    ]);
    expect(convert('memory = 5\nkernel = "/k"\n').diagnostics.map(({ code }) => code)).to.deep.equal([
      'value-missing',
    ]);
  });

  it('rejects a name that libvirt and xl reject', () => {
    const slash = pvXml().replace('guest', 'a/b');
    expect(findings(slash, convert(slash).diagnostics)).to.deep.equal(['value-invalid: a/b']);
    const config = pvConfig().replace('guest', 'a/b');
    expect(findings(config, convert(config).diagnostics)).to.deep.equal(['value-invalid: "a/b"']);
  });

  it('rejects an invalid UUID', () => {
    const xml = pvXml('', '<uuid>zz</uuid>');
    expect(findings(xml, convert(xml).diagnostics)).to.deep.equal(['value-invalid: zz']);
    const config = pvConfig('uuid = "zz"');
    expect(findings(config, convert(config).diagnostics)).to.deep.equal(['value-invalid: "zz"']);
  });

  it('omits a UUID that the document omits', () => {
    expect(convert(pvXml()).output).not.to.include('uuid');
    expect(convert(pvConfig()).output).not.to.include('uuid');
  });

  it('rejects a value that XML cannot express', () => {
    const { output, diagnostics } = convert(pvConfig(String.raw`extra = "\a"`));
    expect(output).to.equal(undefined);
    expect(diagnostics.map(({ code }) => code)).to.deep.equal(['value-invalid']);
  });

  it('reports a value that only xl reads correctly', () => {
    const xml = pvXml().replace('</kernel>', '</kernel><cmdline>a\\b</cmdline>');
    const { output, diagnostics } = convert(xml);
    expect(output).to.include(String.raw`cmdline = "a\\b"`);
    expect(findings(xml, diagnostics)).to.deep.equal(['xl-escaped: a\\b']);
  });
});

describe('a domain that a program builds', () => {
  const domain: Domain = {
    hypervisor: 'xen',
    name: 'guest',
    memory: { maximumKiB: 65536, currentKiB: 65536 },
    vcpus: { maximum: 1, online: 1 },
    os: { type: 'pv', kernel: '/boot/vmlinuz' },
    features: {},
    clock: { basis: 'utc', offsetSeconds: 0 },
    lifecycle: { poweroff: 'destroy', reboot: 'restart', crash: 'destroy' },
    disks: [],
    interfaces: [],
    serials: [],
    parallels: [],
    channels: [{ name: 'a', connection: { kind: 'pty' } }],
    inputs: [],
    graphics: [],
    sounds: [],
    hostdevs: [],
    usbControllers: [],
    redirections: [],
    deviceModelArguments: [],
    preserved: nothingPreserved,
  };

  it('is the same as its text', () => {
    expect(parseXlConfig(formatXlConfig(domain).text ?? '').domain).to.deep.equal(domain);
    expect(parseDomainXml(formatDomainXml(domain).text ?? '').domain).to.deep.equal(domain);
  });

  it('is checked, and its diagnostics have no positions', () => {
    const { text, diagnostics } = formatXlConfig({
      ...domain,
      channels: [{ name: 'a,b', connection: { kind: 'socket', path: 'p', mode: 'listen' } }],
    });
    expect(text).to.equal(undefined);
    expect(diagnostics.map(({ code, span }) => [code, span])).to.deep.include.members([
      ['channel-name', undefined],
      ['channel-path', undefined],
    ]);
  });

  it('cannot inject another setting through a value', () => {
    const { text } = formatXlConfig({
      ...domain,
      os: { type: 'pv', kernel: `/k'"\nevil = 1`, cmdline: '"; evil = 1 #' },
      lifecycle: { poweroff: 'destroy', reboot: 'restart', crash: 'destroy' },
    });
    const keys = (text ?? '').split('\n').map((line) => line.replace(/ .*/, ''));
    expect(keys).not.to.include.members(['evil']);
    expect(keys).not.to.include.members(['extra']);
    expect(parseXlConfig(text ?? '').domain?.os).to.deep.equal({
      type: 'pv',
      kernel: `/k'"\nevil = 1`,
      cmdline: '"; evil = 1 #',
    });
  });

  it('cannot inject other parameters of a device through a value', () => {
    for (const bad of [
      { interfaces: [{ source: { kind: 'bridge', bridge: 'b,script=evil' }, addresses: [] }] },
      { interfaces: [{ source: { kind: 'ethernet' }, model: 'e1000,script=evil', addresses: [] }] },
      { interfaces: [{ source: { kind: 'ethernet' }, device: 'v,script=evil', addresses: [] }] },
      { graphics: [{ kind: 'vnc', display: 'free', password: 'p,vnclisten=0.0.0.0' }] },
    ] satisfies Partial<Domain>[]) {
      const { text, diagnostics } = formatXlConfig({ ...domain, ...bad });
      expect(text, JSON.stringify(bad)).to.equal(undefined);
      expect(diagnostics.some(({ severity }) => severity === 'error')).to.equal(true);
    }
  });
});
