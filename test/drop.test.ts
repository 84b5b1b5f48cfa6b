import { expect } from 'chai';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { everyDevice } from './every-device.js';
import { parseDropSelector } from '../lib/document/drop.js';
import { adapt, convert, parseDomainXml, type Diagnostic } from '../lib/index.js';
import { parseHookOptions } from '../lib/hooks/host.js';
import { xmlDevices } from '../lib/libvirt/devices.js';
import { parseXml } from '../lib/libvirt/xml/parse.js';
import { Report } from '../lib/diagnostics/diagnostic.js';

const kvm = (devices: string): string =>
  `<domain type='kvm'><name>g</name><memory>1048576</memory><os><type arch='x86_64'>hvm</type></os><devices>\n${devices}\n</devices></domain>`;

const root = "<disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/></disk>";
const sheepdog = (dev: string): string =>
  `<disk type='network'><source protocol='sheepdog' name='x/y'/><target dev='${dev}' bus='virtio'/></disk>`;
const scsi = "<hostdev mode='subsystem' type='scsi'><source><adapter name='scsi_host0'/></source></hostdev>";

/** Devices that Xen does not support, each with its selector. */
const unsupported: readonly (readonly [string, string])[] = [
  [sheepdog('vdc'), 'disk:vdc'],
  [sheepdog('v"d c'), 'disk:#2'],
  ["<interface type='user'/>", 'interface:user'],
  [
    "<interface type='user'><mac address='52:54:00:00:00:01'/></interface><interface type='user'><mac address='52:54:00:00:00:02'/></interface>",
    'interface:52:54:00:00:00:01',
  ],
  ["<interface type='user'/><interface type='user'/>", 'interface:#1'],
  [scsi, 'hostdev:scsi'],
  ["<hostdev mode='subsystem' type='mdev'><source><address uuid='x'/></source></hostdev>", 'hostdev:mdev'],
  ["<hostdev mode='capabilities' type='misc'/>", 'hostdev:capabilities'],
  ["<channel type='vc'><target type='virtio' name='a.b'/></channel>", 'channel:a.b'],
  ["<channel type='vc'><target type='virtio'/></channel>", 'channel:vc'],
];

const drops = (diagnostics: readonly Diagnostic[]): readonly string[] =>
  diagnostics.flatMap(({ drop }) => drop ?? []);

type Run = (text: string, drop: readonly string[]) => ReturnType<typeof convert> | ReturnType<typeof adapt>;
const runs: Readonly<Record<string, Run>> = {
  convert: (text, drop) => convert(text, { drop }),
  adapt: (text, drop) => adapt(text, { drop }),
};

/** Applies the remedies of errors until there are none; each step drops at least one device. */
function follow(run: Run, text: string): ReturnType<Run> {
  const dropped: string[] = [];
  for (;;) {
    const result = run(text, dropped);
    const [next] = drops(result.diagnostics);
    if (next === undefined) return result;
    expect(dropped).not.to.include(next);
    dropped.push(next);
  }
}

const fixtures = readdirSync('fixtures').flatMap((topic) =>
  readdirSync(join('fixtures', topic))
    .filter((file) => file.endsWith(topic === 'xl' ? '.cfg' : '.xml'))
    .map((file) => ({ file: join(topic, file), text: readFileSync(join('fixtures', topic, file), 'utf8') })),
);

describe('dropping devices', () => {
  for (const [name, run] of Object.entries(runs)) {
    for (const [devices, selector] of unsupported) {
      it(`${name}: an error names ${selector}, which omits that device with a warning`, () => {
        const text = kvm(root + devices);
        const before = run(text, []);
        expect(before.output).to.equal(undefined);
        expect(drops(before.diagnostics)[0]).to.equal(selector);
        const after = run(text, [selector]);
        expect(drops(after.diagnostics)).not.to.include(selector);
        expect(after.diagnostics.filter(({ code }) => code === 'device-dropped')).to.have.lengthOf(1);
        const all = run(text, ['all']);
        expect(all.output).to.be.a('string').and.equal(follow(run, text).output);
        expect(all.output).to.include('/a');
      });
    }

    it(`${name}: following the hints ends every error about a device, in every fixture`, () => {
      for (const { file, text } of fixtures) {
        if (name === 'adapt' && !file.endsWith('.xml')) continue;
        const { diagnostics, output } = follow(run, text);
        const errors = diagnostics.filter(({ severity }) => severity === 'error');
        expect(output !== undefined, file).to.equal(errors.length === 0);
        expect(
          errors.filter(
            ({ code, message }) => code === 'device-unsupported' && !message.includes('secure boot'),
          ),
          file,
        ).to.deep.equal([]);
      }
    });

    it(`${name}: fails in strict mode although the device is dropped`, () => {
      const text = kvm(root + scsi);
      const options = { drop: ['hostdev'], strict: true };
      expect((name === 'convert' ? convert(text, options) : adapt(text, options)).output).to.equal(undefined);
    });

    it(`${name}: reports a selector that matches no device, and rejects an invalid one`, () => {
      const { output, diagnostics } = run(kvm(root), ['disk:vdz', 'hostdev', 'all']);
      expect(output).to.be.a('string');
      expect(diagnostics.filter(({ code }) => code === 'drop-unmatched')).to.have.lengthOf(1);
      for (const bad of ['', 'disk:', 'floppy', 'emulator:x'])
        expect(() => run('', [bad])).to.throw(RangeError);
    });
  }

  it('leaves preserved parameters at the interfaces that they belong to', () => {
    const config = (vifs: string): string =>
      convert(`name="g"\ntype="pv"\nkernel="/k"\nmemory=64\nvif=[ ${vifs} ]\n`).output ?? '';
    const xml = config('"mac=00:16:3e:00:00:01,bridge=a", "mac=00:16:3e:00:00:02,bridge=b,untrusted"');
    const { output } = convert(xml, { drop: ['interface:00:16:3e:00:00:01'] });
    expect(output).to.include('untrusted').and.include('bridge=b').and.not.include('bridge=a');
    expect(parseDomainXml(xml, { drop: ['interface'] }).domain?.interfaces).to.deep.equal([]);
  });

  it('drops items of the lists of an xl.cfg', () => {
    const text =
      'name="g"\ntype="pv"\nkernel="/k"\nmemory=64\ndisk=["/a,raw,xvda,w","vdev=xvdb,target=/b"]\nvif=["mac=00:16:3e:00:00:01"]\n';
    const { output, diagnostics } = convert(text, { drop: ['disk:xvda', 'interface:00:16:3E:00:00:01'] });
    expect(output).to.include('xvdb').and.not.include('xvda').and.not.include('<interface');
    expect(diagnostics.filter(({ code }) => code === 'device-dropped')).to.have.lengthOf(2);
  });

  it('does not boot from a dropped disk', () => {
    const ordered = (dev: string, order: number): string =>
      `<disk type='file'><source file='/${dev}'/><target dev='${dev}' bus='virtio'/><boot order='${order}'/></disk>`;
    const nic = "<interface type='bridge'><source bridge='b'/><boot order='2'/></interface>";
    const text = kvm(ordered('vda', 1) + nic);
    expect(convert(text, { drop: ['disk:vda'] }).output).to.include('boot = "n"');
    expect(adapt(text, { drop: ['disk:vda'] }).output)
      .to.include("<boot dev='network'/>")
      .and.not.include("'hd'");
  });

  it('restores what adapt has dropped with keep', () => {
    const { output = '' } = adapt(kvm(root + scsi), { drop: ['hostdev'], keep: true });
    expect(adapt(output, { to: 'kvm' }).output).to.include(scsi);
  });

  it('is an option of hooks', () => {
    expect(parseHookOptions('pvh,drop=interface:52:54:00:00:00:01 drop=all')).to.deep.equal({
      guest: 'pvh',
      drop: ['interface:52:54:00:00:00:01', 'all'],
    });
    expect(parseHookOptions('pool=my%20pool=/srv/a%2Cb%25').pools).to.deep.equal({ 'my pool': '/srv/a,b%' });
    expect(() => parseHookOptions('pool=a=/%zz')).to.throw(/invalid option 'pool=a=\/%zz'/);
    expect(() => parseHookOptions('user-bridge=a%0Ab')).to.throw(/contains a control character/);
    expect(() => parseHookOptions('drop=nothing')).to.throw(/unknown device kind 'nothing'/);
    expect(parseDropSelector('channel:a:b')).to.deep.equal({ kind: 'channel', name: 'a:b' });
  });
});

/** What only convert or only adapt reports about a device, and why. */
const differences: readonly {
  readonly by: 'convert' | 'adapt';
  readonly reports: RegExp;
  readonly because: string;
}[] = [
  {
    by: 'adapt',
    reports: /^device-unsupported: libvirt's Xen driver rejects network disks of protocol/,
    because: 'libxl_conf.c knows Ceph alone; xl has scripts, and passes URLs on to QEMU',
  },
  {
    by: 'adapt',
    reports: /^unsupported: <(?:serial|graphics)> removed: libvirt's Xen driver writes IPv6/,
    because: "libvirt's Xen driver writes forms of IPv6 addresses that cannot start; ours do",
  },
  {
    by: 'adapt',
    reports: /^unsupported: <parallel> removed/,
    because: "libvirt's Xen driver rejects parallel ports; xl accepts parallel=",
  },
  {
    by: 'adapt',
    reports: /^unsupported: <redirdev> removed/,
    because: "libvirt's Xen driver rejects redirections; xl has usbredir through SPICE",
  },
  {
    by: 'convert',
    reports: /^channel-connection: channel '.*': xl /,
    because: 'xl has terminals and listening sockets; adapt defers other channels to the libvirt hook',
  },
  {
    by: 'convert',
    reports: /^channel-(?:name|path): channel '/,
    because: "these texts would be others in an xl.cfg's strings, or to libxl; XML and libvirt pass them on",
  },
  {
    by: 'convert',
    reports: /^device-unsupported: xl identifies USB devices of the host by bus and number only/,
    because: "libvirt's Xen driver looks up vendor and product when the guest starts",
  },
  {
    by: 'convert',
    reports: /^unsupported: <console> omitted: xl supports one console/,
    because: "libvirt's Xen driver makes the console whatever its type is",
  },
  {
    by: 'convert',
    reports: /^xl-unrepresentable: QEMU would read a part of this serial port/,
    because: 'the text of the port would be another in an xl.cfg; libvirt has an element for each part',
  },
  {
    by: 'adapt',
    reports: /^no-effect: <serial> has no effect: libvirt's Xen driver gives an Arm guest no UART/,
    because: 'xl has an option for it',
  },
  {
    by: 'adapt',
    reports: /^unsupported: <graphics> removed: it listens on a socket that file permissions protect/,
    because: "xl has VNC on a socket, libvirt's Xen driver does not",
  },
  {
    by: 'adapt',
    reports: /^unsupported: <graphics> removed: it requires TLS, and libvirt's Xen driver/,
    because: 'an xl.cfg can have a TLS port only',
  },
];

describe('many devices', () => {
  const interfaces = Array.from({ length: 20_000 }, () => "<interface type='user'/>").join('');

  it('each have their own selector, and can all be dropped', () => {
    for (const run of Object.values(runs)) {
      const text = kvm(root + interfaces);
      const selectors = drops(run(text, []).diagnostics);
      expect(new Set(selectors).size).to.equal(20_000);
      const { output } = run(text, ['all']);
      expect(output).to.be.a('string').and.not.include("'user'");
    }
  });
});

/** The diagnostics about whole devices: omitted, without effect, or an error. */
function reportsOf(text: string, diagnostics: readonly Diagnostic[]): ReadonlyMap<string, readonly string[]> {
  const tree = parseXml(text, new Report());
  const reports = xmlDevices(tree ?? expect.fail('no XML')).map(({ tagSpan, span, kind, place }) => {
    const found = diagnostics.filter(({ code, severity, span: at }) => {
      if (!at || code.startsWith('value-')) return false;
      if (severity === 'error') return span.start <= at.start && at.end <= span.end;
      const isOfDevice = ['unsupported', 'no-effect', 'not-implemented'].includes(code);
      return isOfDevice && at.start === tagSpan.start && at.end === tagSpan.end;
    });
    return [`${kind} ${place}`, found.map(({ code, message }) => `${code}: ${message}`)] as const;
  });
  return new Map(reports.filter(([, found]) => found.length > 0));
}

/** The rows of `differences` that were used. */
const needed = new Set<(typeof differences)[number]>();

/** What only one of both reports, except for the differences with a reason. */
function unexplained(text: string): readonly string[] {
  const reports = {
    convert: reportsOf(text, convert(text).diagnostics),
    adapt: reportsOf(text, adapt(text).diagnostics),
  };
  return (['convert', 'adapt'] as const).flatMap((by) => {
    const other = reports[by === 'convert' ? 'adapt' : 'convert'];
    return [...reports[by]].flatMap(([device, found]) => {
      if (other.has(device)) return [];
      const row = differences.find(
        (known) => known.by === by && found.every((text) => known.reports.test(text)),
      );
      if (!row) return [`${by} alone, ${device}: ${found.join('; ')}`];
      needed.add(row);
      return [];
    });
  });
}

describe('convert and adapt', () => {
  for (const { file, text } of fixtures.filter(({ file }) => file.endsWith('.xml'))) {
    it(`report the same devices of ${file} as unsupported`, () => {
      expect(unexplained(text)).to.deep.equal([]);
    });
  }

  it('report the same of every device that a KVM guest may have', () => {
    expect(everyDevice.flatMap((device) => unexplained(kvm(device)))).to.deep.equal([]);
  });

  it('need every row of the list of differences', () => {
    expect(differences.filter((row) => !needed.has(row))).to.deep.equal([]);
  });

  it('reject other architectures for the same reason', () => {
    for (const arch of ['s390x', 'ppc64', 'riscv64', 'sparc', 'alpha']) {
      const text = kvm(root).replace('x86_64', arch);
      const errors = [convert(text), adapt(text)].map(({ output, diagnostics }) => [
        output,
        diagnostics
          .filter(({ severity }) => severity === 'error')
          .map(({ code, message }) => [code, message]),
      ]);
      expect(errors[0]).to.deep.equal(errors[1]);
      expect(errors[0]?.[0]).to.equal(undefined);
    }
  });

  it('report input devices that Xen does not have', () => {
    const text = kvm("<input type='evdev'><source dev='/dev/input/event1'/></input>");
    for (const { diagnostics } of [convert(text), adapt(text)])
      expect(diagnostics.map(({ severity }) => severity)).to.include('warning');
  });
});
