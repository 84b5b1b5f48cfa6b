import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { adapt, type AdaptOptions } from '../../lib/index.js';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import type { XmlElement } from '../../lib/libvirt/xml/element.js';
import { parseXml } from '../../lib/libvirt/xml/parse.js';
import { compactXml, treeOf, type XmlTree } from '../../lib/libvirt/xml/tree.js';
import { everyDevice } from '../every-device.js';

/** Every XML below a folder; the last two folders are not part of the repository. */
const documents = ['fixtures', '../shared/samples', '../shared/conformance'].flatMap((folder) =>
  !existsSync(folder)
    ? []
    : readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.xml'))
        .map((file) => join(folder, file)),
);

function parsed(text: string): XmlElement {
  const root = parseXml(text, new Report());
  if (!root) throw new Error(`not XML: ${text}`);
  return root;
}

/** libvirt reads the devices of several <devices> in their order. */
function merged({ name, children }: XmlElement): readonly XmlElement[] {
  const [first, ...others] = children.filter((child) => child.name === 'devices');
  if (name !== 'domain' || !first) return [...children];
  for (const other of others) first.absorb(other);
  return children.filter((child) => !others.includes(child));
}

/**
 * What libvirt reads: not the order of attributes, nor that of children of different names, nor how the text is
 * formatted.
 */
function meaning(element: XmlElement): string {
  const children = merged(element)
    .filter(({ name, children }) => name !== 'metadata' || children.length > 0)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(meaning);
  const attributes = element.attributes.map(([name, value]) => `${name}='${value}'`).toSorted();
  const inside = [element.content.trim(), ...children].join('\n').replaceAll('\n', '\n ');
  return [element.name, ...attributes].join(' ') + inside;
}

/** As libvirt prints a document: without comments, each element on a line. */
function reprinted(text: string): string {
  const print = (tree: XmlTree, indent: string): string => {
    if (tree.children.length === 0 || tree.text !== undefined) return `${indent}${compactXml(tree)}\n`;
    const tag = compactXml({ ...tree, children: [] }).replace(/\/>$/, '>');
    const inside = tree.children.map((child) => print(child, `${indent}  `)).join('');
    return `${indent}${tag}\n${inside}${indent}</${tree.name}>\n`;
  };
  return print(treeOf(parsed(text)), '');
}

const host: AdaptOptions = { userBridge: 'b', networks: { ethernet: 'b' }, pools: { default: '/p' } };

function expectRestored(text: string, name: string, options: AdaptOptions = {}): boolean {
  const there = adapt(text, { ...host, ...options, keep: true });
  if (there.output === undefined) return false;
  for (const adapted of [there.output, reprinted(there.output)]) {
    const back = adapt(adapted, { to: 'kvm' });
    const conflicts = back.diagnostics.filter(({ code }) => code === 'preserved-conflict');
    expect(conflicts, name).to.deep.equal([]);
    expect(meaning(parsed(back.output ?? '')), name).to.equal(meaning(parsed(text)));
    expect(back.output, name).not.to.include('urn:virt2xen:adapt');
  }
  return true;
}

/** Documents of KVM with devices of Xen, which --to kvm reports and converts. */
const exceptions: readonly string[] = [
  // <controller type='xenbus'>
  'fixtures/platform/refused.xml',
  // machine='xenfv'
  '../shared/conformance/to-xl/008-type-kvm-bad.xml',
];

describe('adapt with keep, and back', () => {
  const ofKvm = documents
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
    .filter(({ file, text }) => !exceptions.includes(file) && /<domain[^>]*type=["'](?:kvm|qemu)/.test(text));

  for (const [title, options] of [
    ['', {}],
    [', as a PVH guest', { guest: 'pvh' }],
    [', with virtio-serial ports', { transport: 'virtio-serial' }],
    [', without what Xen does not support', { drop: ['all'] }],
  ] as const) {
    it(`gives every document of KVM back${title}`, function () {
      this.timeout(60_000);
      const restored = ofKvm.filter(({ file, text }) => expectRestored(text, file, options));
      expect(restored).not.to.be.empty;
    });
  }

  it('gives every device back', () => {
    const ofKvm = everyDevice.filter((device) => device !== "<memballoon model='xen'/>");
    const restored = ofKvm.filter((device) =>
      expectRestored(
        `<domain type='kvm'><name>g</name><memory>1</memory><os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices>${device}</devices></domain>`,
        device,
        { drop: ['all'] },
      ),
    );
    expect(restored).not.to.be.empty;
  });

  const adapted = (devices: string): string =>
    adapt(
      `<domain type='kvm'><name>g</name><memory>1</memory>
  <os><type arch='x86_64' machine='pc'>hvm</type></os><features><apic/></features>
  <devices>
${devices}  </devices>
</domain>`,
      { keep: true },
    ).output ?? '';
  const back = (text: string): { readonly output: string; readonly conflicts: readonly string[] } => {
    const { output = '', diagnostics } = adapt(text, { to: 'kvm' });
    const conflicts = diagnostics.filter(({ code }) => code === 'preserved-conflict');
    return { output, conflicts: conflicts.map(({ message }) => message) };
  };
  const disk = (letter: string, driver = ''): string =>
    `    <disk type='file'><driver name='qemu'${driver}/><source file='/${letter}'/><target dev='vd${letter}' bus='virtio'/></disk>\n`;

  it('leaves what has changed since, and reports it', () => {
    const there = adapted(
      "    <interface type='bridge'><source bridge='b'/><model type='e1000e'/></interface>\n",
    );
    const { output, conflicts } = back(there.replace("<model type='e1000'/>", "<model type='rtl8139'/>"));
    expect(output).to.include("<model type='rtl8139'/>");
    expect(conflicts).to.deep.equal([
      "a preserved value is not restored: type of 'devices/interface/model' has changed",
    ]);
  });

  it('finds devices by their names when others have gone or come', () => {
    const there = adapted(disk('a', " queues='2'") + disk('b', " queues='4'"));
    const first = /^.*xvda' bus.*\n/m.exec(there)?.[0] ?? '';
    const { output, conflicts } = back(there.replace(first, first.replaceAll('xvda', 'xvdc')));
    expect(output).to.include(disk('b').replace('<driver ', "<driver queues='4' "));
    expect(output).not.to.include("queues='2'");
    expect(conflicts).to.include(
      "a preserved value is not restored: 'devices/disk[xvda]/driver' no longer exists",
    );
  });

  it('puts removed devices at their places among those of their kind', () => {
    const pty = (name: string): string =>
      `    <channel type='pty'><target type='virtio' name='${name}'/></channel>\n`;
    const agent =
      "    <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>\n";
    const file = "    <channel type='file'><source path='/f'/><target type='virtio' name='f'/></channel>\n";
    const all = [agent, pty('a'), file, pty('b')].join('');
    expect(back(adapted(`${all}    <graphics type='spice' autoport='yes'/>\n`)).output).to.include(all);
  });

  it('does not restore a setting beside another that has taken its place', () => {
    const there = adapted(
      "    <interface type='bridge'><source bridge='b'/><filterref filter='a'/></interface>\n",
    );
    const { output, conflicts } = back(there.replace("<source bridge='b'/>", "$&<filterref filter='b'/>"));
    expect(output).to.include("<filterref filter='b'/>").and.not.include("filter='a'");
    expect(conflicts).to.have.lengthOf(1);
  });
});
