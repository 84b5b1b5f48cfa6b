import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { adapt, convert, type Diagnostic } from '../../lib/index.js';
import type { HostOptions } from '../../lib/document/options.js';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import type { XmlElement } from '../../lib/libvirt/xml/element.js';
import { parseXml } from '../../lib/libvirt/xml/parse.js';
import { everyDevice } from '../every-device.js';

/** Losses of convert that adapt need not report, by their texts. */
const exceptions: readonly { readonly reports: RegExp; readonly because: string }[] = [
  { reports: /^not-implemented: /, because: 'what virt2xen does not know, libvirt may' },
  { reports: /^disk-secret: /, because: "libvirt's driver passes secrets" },
  { reports: /^network-bridge: /, because: 'libvirt knows the bridges of its networks' },
  { reports: /^spice-port: /, because: "libvirt's driver chooses a free port" },
  { reports: /^hostdev-network: /, because: 'libvirt sets MAC address and VLAN in the host' },
  { reports: /^value-adjusted: /, because: 'libvirt adjusts the value itself, or rejects it' },
  { reports: /^unsupported: <graphics> omitted: /, because: "libvirt's driver has rules of its own" },
  {
    reports: /^unsupported: <console> omitted: xl supports one console/,
    because: "libvirt's driver makes the console whatever its type is",
  },
  {
    reports:
      /^unsupported: (?:xl.cfg cannot express that a serial port reconnects|.* omitted: xl.cfg cannot express it)/,
    because: 'libvirt has an element for each part of a character device',
  },
  {
    reports: /^unsupported: (?:start|timezone)=.* of <clock> omitted/,
    because: 'adapt removes it with the offset, which it reports',
  },
];
const needed = new Set<(typeof exceptions)[number]>();

const host: HostOptions & { readonly drop: readonly string[] } = {
  userBridge: 'b',
  networks: { ethernet: 'b' },
  pools: { default: '/p' },
  drop: ['all'],
};

const documents: readonly { readonly name: string; readonly text: string }[] = [
  ...['fixtures', '../shared/samples', '../shared/conformance'].flatMap((folder) =>
    !existsSync(folder)
      ? []
      : readdirSync(folder, { recursive: true, encoding: 'utf8' })
          .filter((file) => file.endsWith('.xml'))
          .map((file) => ({ name: join(folder, file), text: readFileSync(join(folder, file), 'utf8') })),
  ),
  ...['kvm', 'xen'].flatMap((type) =>
    everyDevice.map((device) => ({
      name: `${type}: ${device}`,
      text: `<domain type='${type}'><name>g</name><memory>1048576</memory><os><type arch='x86_64'>hvm</type></os><features><apic/></features><devices>${device}</devices></domain>`,
    })),
  ),
];

/** Where elements start and end. */
function ends(element: XmlElement, found = new Map<number, number>()): ReadonlyMap<number, number> {
  found.set(element.span.start, element.span.end);
  for (const child of element.children) ends(child, found);
  return found;
}

/** The losses that convert reports and adapt does not: neither there nor for an element around it. */
function unreported(text: string): readonly string[] {
  const [of, by] = [convert(text, { ...host, from: 'libvirt' }), adapt(text, host)];
  const tree = parseXml(text, new Report());
  if (!tree || of.output === undefined || by.output === undefined) return [];
  const end = ends(tree);
  const covers = (report: Diagnostic, { span, message }: Diagnostic): boolean => {
    if (!report.span || !span) return report.message === message;
    const isAround = / removed: | has no effect: |; the libvirt hook creates it$/.test(report.message);
    const last = (isAround ? end.get(report.span.start) : undefined) ?? report.span.start + 1;
    return report.span.start <= span.start && span.start < last;
  };
  return of.diagnostics
    .filter(({ severity, code }) => severity === 'warning' && code !== 'device-dropped')
    .filter((loss) => !by.diagnostics.some((report) => covers(report, loss)))
    .map(({ code, message }) => `${code}: ${message}`)
    .filter((loss) => {
      const exception = exceptions.find(({ reports }) => reports.test(loss));
      if (exception) needed.add(exception);
      return exception === undefined;
    });
}

describe('what convert reports as lost', () => {
  it('is reported by adapt, too', function () {
    this.timeout(120_000);
    const found = documents.map(({ name, text }) => ({ name, losses: unreported(text) }));
    expect(found.filter(({ losses }) => losses.length > 0)).to.deep.equal([]);
  });

  it('is reported in the same words', () => {
    const text = `<domain type='kvm'><name>g</name><memory>1048576</memory><os><type>hvm</type></os><devices>
<disk type='file'><driver name='qemu' type='raw' cache='none' io='native' error_policy='stop'/><source file='/d' startupPolicy='optional'/>
<target dev='vda' bus='virtio'/><serial>1</serial><iotune><read_bytes_sec>5</read_bytes_sec></iotune></disk></devices></domain>`;
    const reasons = (diagnostics: readonly Diagnostic[], end: string): readonly string[] =>
      diagnostics.flatMap(({ severity, message }) =>
        severity === 'warning' ? message.replace(end, 'lost:') : [],
      );
    const lost = reasons(convert(text).diagnostics, 'omitted:');
    expect(reasons(adapt(text).diagnostics, 'has no effect:')).to.deep.equal(lost);
    expect(lost).to.have.lengthOf(6);
  });

  it('needs every row of the list of exceptions', function () {
    if (!existsSync('../shared/conformance')) this.skip();
    expect(exceptions.filter((row) => !needed.has(row))).to.deep.equal([]);
  });
});
