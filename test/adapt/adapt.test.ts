import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { adapt, applyEdits, type AdaptOptions } from '../../lib/index.js';

/** Every XML below a folder; the last two folders are not part of the repository. */
const collections = ['fixtures', '../shared/samples', '../shared/conformance'].map((folder) => ({
  folder,
  documents: existsSync(folder) ? xmlBelow(folder) : [],
}));

function xmlBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.xml'))
    .map((file) => join(folder, file));
}

const kvm = (devices: string, top = ''): string => `<domain type='kvm'>
  <name>g</name>
  <memory>1</memory>
  <os><type arch='x86_64' machine='pc-q35-8.0'>hvm</type></os>
  <features><apic/></features>
${top}  <devices>
${devices}  </devices>
</domain>
`;

const xen = (devices: string, top = ''): string =>
  kvm(devices, top).replace("'kvm'", "'xen'").replace('pc-q35-8.0', 'xenfv');

/** Compares the whole document, so that an unwanted change is found. */
function expectAdapted(before: string, after: string, options: AdaptOptions = {}): void {
  const { output, diagnostics } = adapt(before, options);
  expect(diagnostics.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
  expect(output).to.equal(after);
  expect(adapt(after, options).edits).to.deep.equal([]);
}

const codesOf = (before: string, options: AdaptOptions = {}): readonly string[] =>
  adapt(before, options).diagnostics.map(({ severity, code }) => `${severity} ${code}`);

describe('adapt', () => {
  for (const { folder, documents } of collections) {
    const absent = documents.length === 0 ? ' (which is not here)' : '';
    describe(`of every document in ${folder}${absent}`, () => {
      for (const to of ['xen', 'kvm'] as const) {
        it(`changes nothing outside its edits, and nothing in a second run (to ${to})`, function () {
          if (documents.length === 0 && folder !== 'fixtures') this.skip();
          expect(documents).not.to.be.empty;
          for (const file of documents) {
            const text = readFileSync(file, 'utf8');
            const { edits, output } = adapt(text, { to });
            if (!edits || output === undefined) continue;
            expectOutsideUntouched(text, edits, output, file);
            expect(adapt(output, { to }).edits, file).to.deep.equal([]);
          }
        });
      }
    });
  }

  describe('of channels', () => {
    it('changes the type of a virtio target, and neither name nor path', () => {
      expectAdapted(
        kvm(`    <channel type="unix">
      <target name="org.qemu.guest_agent.0"   type="virtio"></target> <!-- kept -->
      <source mode="bind" path="/var/lib/libvirt/qemu/channels/u.org.qemu.guest_agent.0"></source>
    </channel>
`),
        xen(`    <channel type="unix">
      <target name="org.qemu.guest_agent.0"   type="xen"></target> <!-- kept -->
      <source mode="bind" path="/var/lib/libvirt/qemu/channels/u.org.qemu.guest_agent.0"></source>
    </channel>
`),
      );
    });

    it('removes the address, its controller and the state of a virtio port', () => {
      expectAdapted(
        kvm(`    <controller type='virtio-serial' index='0' ports='16'/>
    <channel type='pty'>
      <address type='virtio-serial'/>
      <target type='virtio' name='a' state='connected'/>
    </channel>
`),
        xen(`    <channel type='pty'>
      <target type='xen' name='a'/>
    </channel>
`),
      );
    });

    it('does not treat the <channel> of SPICE as a device', () => {
      const graphics = `    <graphics type='spice' autoport='yes'><channel name='main' mode='any'/></graphics>\n`;
      expectAdapted(kvm(graphics), xen(graphics));
    });

    it("sets the client mouse of SPICE instead of the agent's channel", () => {
      expectAdapted(
        kvm(`    <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>
    <graphics type='spice' autoport='yes'/>
`),
        xen(`    <graphics type='spice' autoport='yes'><mouse mode='client'/></graphics>
`),
      );
    });

    it('removes an empty path, so that libvirt generates one', () => {
      expectAdapted(
        kvm(
          `    <channel type='unix'><source mode='bind' path=''/><target type='virtio' name='a'/></channel>\n`,
        ),
        xen(`    <channel type='unix'><source mode='bind'/><target type='xen' name='a'/></channel>\n`),
      );
    });

    it('moves what libvirt cannot create to <metadata> for the hook, and restores it when adapting to KVM', () => {
      const file = `<channel type='file'><source path='/f'/><target type='virtio' name='log'/></channel>`;
      const before = kvm(`    ${file}\n    <input type='tablet' bus='usb'/>\n`);
      const { output = '', diagnostics } = adapt(before);
      expect(diagnostics.map(({ code }) => code)).to.include('channel-requires-hook');
      expect(output).to.include(
        `  <metadata><v2x:adapted xmlns:v2x='urn:virt2xen:adapt:1'><v2x:channels place='1'>${file}</v2x:channels></v2x:adapted></metadata>\n</domain>`,
      );
      expect(output.match(/<channel /g)).to.have.lengthOf(1);
      expect(adapt(output).edits).to.deep.equal([]);
      const back = adapt(output, { to: 'kvm' }).output ?? '';
      expect(back).to.include(`    ${file}\n  </devices>`).and.not.include('metadata');
    });

    it('rejects a channel without a name, with target guestfwd, or with the name of another', () => {
      const channel = (target: string): string =>
        kvm(`<channel type='pty'><target type='virtio' ${target}/></channel>`);
      expect(codesOf(channel(''))).to.include('error channel-name');
      expect(codesOf(channel("name='a'").replace("'virtio'", "'guestfwd'"))).to.include(
        'error channel-target',
      );
      const twice = "<channel type='pty'><target type='virtio' name='a'/></channel>".repeat(2);
      expect(codesOf(kvm(twice))).to.include('error channel-duplicate');
    });
  });

  describe('of devices', () => {
    it('uses the same disk names as convert', () => {
      expectAdapted(
        kvm(`    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' queues='4' cache='none'/>
      <source file='/a'/><target dev='vda' bus='virtio'/>
      <address type='pci' domain='0x0000' bus='0x00' slot='0x06' function='0x0'/>
    </disk>
    <disk type='file' device='cdrom'><target bus="sata" dev="sda"/><readonly/></disk>
    <disk type='file'><source file='/b'/><target dev='hda' bus='ide'/></disk>
`),
        xen(`    <disk type='file' device='disk'>
      <driver name='qemu' type='qcow2' cache='none'/>
      <source file='/a'/><target dev='xvdb' bus='xen'/>
    </disk>
    <disk type='file' device='cdrom'><target bus="ide" dev="hdc"/><readonly/></disk>
    <disk type='file'><source file='/b'/><target dev='hda' bus='ide'/></disk>
`),
      );
    });

    it('converts network cards, video, sound and balloon to models that Xen supports', () => {
      expectAdapted(
        kvm(`    <interface type='bridge'><source bridge='b'/><model type='virtio'/></interface>
    <video><model type='qxl' ram='65536' vram='65536' vgamem='16384' heads='1'/></video>
    <sound model='ich9'/>
    <memballoon model='none'/>
`),
        xen(`    <interface type='bridge'><source bridge='b'/><model type='netfront'/></interface>
    <video><model type='vga' heads='1'/></video>
    <sound model='ich6'/>
    <memballoon model='xen'/>
`),
      );
    });

    it('reports that unsupported devices stay in the document without effect', () => {
      expect(codesOf(kvm("<rng model='virtio'><backend model='random'/></rng>"))).to.include(
        'warning no-effect',
      );
    });

    it('reports that a display on a network listens only on localhost', () => {
      const vnc = (listen: string): string => kvm(`<graphics type='vnc' port='-1'>${listen}</graphics>`);
      expect(codesOf(vnc("<listen type='network' network='n'/>"))).to.include('warning no-effect');
      expect(codesOf(vnc("<listen type='address' address='192.0.2.1'/>"))).not.to.include(
        'warning no-effect',
      );
    });

    it('rejects a guest that would be without its disk or network', () => {
      const disk = (rest: string): string => kvm(`<disk type='file'>${rest}<target dev='vda'/></disk>`);
      expect(codesOf(disk("<driver type='vmdk'/><source file='/a'/>"))).to.include(
        'error device-unsupported',
      );
      expect(codesOf(disk("<source file='/a'/><transient/>"))).to.include('error device-unsupported');
      expect(codesOf(kvm("<interface type='user'/>"))).to.include('error device-unsupported');
      const vlan = "<interface type='bridge'><source bridge='b'/><vlan><tag id='4'/></vlan></interface>";
      expect(codesOf(kvm(vlan))).to.include('error device-unsupported');
    });

    it('finds them in each of several <devices>', () => {
      expectAdapted(
        kvm(
          "    <memballoon model='none'/>\n  </devices>\n  <devices>\n    <emulator>/usr/libexec/qemu-kvm</emulator>\n",
        ),
        xen("    <memballoon model='xen'/>\n  </devices>\n  <devices>\n"),
      );
    });

    it("removes KVM's emulator, and xend's, which libxl cannot start", () => {
      const emulator = (path: string): string => `    <emulator>${path}</emulator>\n`;
      for (const path of [
        '/usr/lib/xen/bin/qemu-dm',
        '/usr/lib64/xen-4.1/bin/stubdom-dm',
        '/usr/libexec/qemu-kvm',
      ])
        expectAdapted(xen(emulator(path)), xen(''));
      for (const path of [
        '/usr/bin/qemu-system-x86_64',
        '/usr/bin/qemu-system-aarch64',
        '/usr/bin/kvm',
        '/w',
      ])
        expectAdapted(kvm(emulator(path)), xen(''));
      for (const path of ['/usr/lib/xen/bin/qemu-system-i386', '/usr/bin/qemu-system-x86_64'])
        expectAdapted(xen(emulator(path)), xen(emulator(path)));
    });

    it('keeps one serial port for libvirt 9.0, whose driver does not support a second one', () => {
      const first = "    <serial type='pty'><target port='0'/></serial>\n";
      const both = kvm(`${first}  </devices>\n  <devices>\n${first}`);
      expectAdapted(both, xen(`${first}  </devices>\n  <devices>\n`), { libvirt: '9.0' });
      expectAdapted(both, xen(`${first}  </devices>\n  <devices>\n${first}`));
    });
  });

  describe('of the platform', () => {
    it('adds the APIC that every KVM guest has', () => {
      const without = (text: string): string => text.replace('  <features><apic/></features>\n', '');
      expectAdapted(
        without(kvm('', '  <features>\n    <acpi/>\n  </features>\n')),
        without(xen('', '  <features>\n    <acpi/>\n    <apic/>\n  </features>\n')),
      );
      const { output } = adapt(without(kvm('')));
      expect(output).to.include('  <features><apic/></features>\n</domain>');
      expect(adapt(without(kvm('')).replace("'kvm'", "'xen'")).output).not.to.include('apic');
    });

    it('names the firmware that takes the place of the loader', () => {
      const os = "<os firmware='efi'><type>hvm</type><loader>/usr/share/OVMF/OVMF_CODE.fd</loader></os>";
      const { diagnostics } = adapt(`<domain type='kvm'><name>g</name>${os}</domain>`);
      const messages = diagnostics.map(({ message }) => message);
      expect(messages).to.include('<loader> removed: Xen uses its own OVMF');
      expect(messages.join()).not.to.include('hvmloader');
    });

    it("uses Xen's OVMF for any UEFI, and removes KVM's variables", () => {
      const os = (inside: string, attributes = ''): string =>
        `<domain type='X'><name>g</name><os${attributes}><type arch='x86_64'>hvm</type>${inside}</os>` +
        '<features><apic/></features></domain>';
      const ovmf = "<loader readonly='yes' type='pflash'>/usr/lib/xen/boot/ovmf.bin</loader>";
      expectAdapted(
        os(
          `${ovmf.replace('/usr/lib/xen/boot/ovmf.bin', '/usr/share/OVMF/OVMF_CODE.fd')}<nvram>/v</nvram>`,
        ).replace('X', 'kvm'),
        os(ovmf).replace('X', 'xen'),
      );
      expectAdapted(os('', " firmware='efi'").replace('X', 'kvm'), os(ovmf).replace('X', 'xen'));
    });

    it('converts the boot order of the devices to that of the domain', () => {
      const nic = (boot: string): string =>
        `    <interface type='bridge'><source bridge='b'/>${boot}</interface>\n`;
      const disk = (boot: string): string =>
        `    <disk type='file'><source file='/a'/><target dev='hda' bus='ide'/>${boot}</disk>\n`;
      expectAdapted(
        kvm(disk("<boot order='2'/>") + nic("<boot order='1'/>")),
        xen(disk('') + nic('')).replace('</os>', "<boot dev='network'/><boot dev='hd'/></os>"),
      );
    });

    it('removes timers and clocks that the driver rejects', () => {
      const clock = (inside: string): string => `  <clock ${inside}</clock>\n`;
      const hpet = "<timer name='hpet' present='no'/>";
      expectAdapted(
        kvm('', clock(`offset='timezone' timezone='Europe/Paris'><timer name='rtc'/>${hpet}`)),
        xen('', clock(`offset='utc'>${hpet}`)),
      );
    });

    it('sets the guest type that the caller specifies', () => {
      const guest = (type: string, machine: string): string =>
        `<domain type='xen'><name>g</name><os><type arch='x86_64' machine='${machine}'>${type}</type><kernel>/k</kernel></os></domain>`;
      const before = guest('hvm', 'pc').replace("'xen'", "'kvm'");
      expectAdapted(before, guest('xenpvh', 'xenpvh'), { guest: 'pvh' });
      expectAdapted(before, guest('linux', 'xenpv'), { guest: 'pv' });
      expect(codesOf(before.replace('<kernel>/k</kernel>', ''), { guest: 'pv' })).to.include(
        'error value-missing',
      );
    });

    it('removes from a PV or PVH guest what only HVM supports and would delay or prevent the start', () => {
      const drive = `    <disk type='file' device='cdrom'>\n      <source file=''/>\n      <target dev='hdc' bus='ide'/>\n    </disk>\n`;
      const display = `    <graphics type='spice' autoport='yes'/>\n    <channel type='spicevmc'><target type='virtio' name='s'/></channel>\n`;
      const disc = drive.replace("''", "'/d.iso'");
      const kernel = '<kernel>/k</kernel></os>';
      for (const [guest, type] of [
        ['pvh', 'xenpvh'],
        ['pv', 'linux'],
      ] as const) {
        const machine = guest === 'pv' ? 'xenpv' : 'xenpvh';
        const after = xen(disc).replace('xenfv', machine).replace('>hvm<', `>${type}<`);
        const options = { guest };
        expectAdapted(
          kvm(drive + display + disc).replace('</os>', kernel),
          after.replace('</os>', kernel),
          options,
        );
      }
      expect(adapt(kvm(drive)).output).to.equal(xen(drive));
    });

    it('removes NUMA cells that libxl rejects, with their bindings', () => {
      const cells = `  <cpu><numa><cell id='0' cpus='0' memory='1'/></numa></cpu>\n`;
      const tune = `  <numatune><memory mode='strict' nodeset='0'/><memnode cellid='0' mode='strict' nodeset='0'/></numatune>\n`;
      const without = `  <cpu></cpu>\n  <numatune><memory mode='strict' nodeset='0'/></numatune>\n`;
      const pv = (top: string): string => kvm('', top).replace('</os>', '<kernel>/k</kernel></os>');
      expect(adapt(pv(cells + tune), { guest: 'pv' }).output).to.include(without);
      const grows = (top: string): string => `${top}  <currentMemory unit='b'>1</currentMemory>\n`;
      expectAdapted(kvm('', grows(cells + tune)), xen('', grows(cells + tune)));
      const less = cells.replace("memory='1'", "memory='2'") + tune + '  <currentMemory>1</currentMemory>\n';
      expect(adapt(kvm('', less)).output).to.include(without);
    });

    it('preserves foreign namespaces, metadata, comments and unknown elements', () => {
      const rest = `  <!-- a > b -->
  <ovirt-vm:x xmlns:ovirt-vm="http://ovirt.org/vm/1.0" a = 'b'><![CDATA[ <channel type='virtio'> ]]></ovirt-vm:x>
  <metadata><o:vm xmlns:o='urn:o'><channel><target type='virtio'/></channel></o:vm></metadata>
  <somethingNew/>\r\n`;
      expectAdapted(kvm('', rest), xen('', rest));
    });

    it('reports a domain of another type, and a document that is not a domain', () => {
      expect(codesOf("<domain type='lxc'/>")).to.deep.equal(['error domain-type']);
      expect(codesOf('<network/>')).to.deep.equal(['error xml-root']);
      expect(codesOf('<domain')).to.deep.equal(['error xml-syntax']);
      expect(adapt('<network/>')).to.not.have.any.keys('edits', 'output');
    });

    it('reports what the driver ignores only if that is shown, or with strict', () => {
      const ignored = kvm('', "  <memtune><hard_limit unit='KiB'>1024</hard_limit></memtune>\n");
      expect(codesOf(ignored)).to.include('warning no-effect');
      expect(codesOf(ignored, { reportsIgnored: false })).not.to.include('warning no-effect');
      expect(codesOf(ignored, { reportsIgnored: false, strict: true })).to.include('error no-effect');
      expect(adapt(ignored, { reportsIgnored: false }).output).to.equal(adapt(ignored).output);
    });

    it('fails for a warning with strict', () => {
      const before = kvm("    <redirdev bus='usb' type='tcp'/>\n");
      expect(adapt(before).output).to.equal(xen(''));
      expect(adapt(before, { strict: true }).output).to.equal(undefined);
    });
  });

  describe('and back', () => {
    it('converts Xen devices to virtio', () => {
      expectAdapted(
        xen(`    <emulator>/usr/lib/xen/bin/qemu-system-i386</emulator>
    <disk type='file'><driver name='phy'/><source file='/a'/><target dev='xvdb' bus='xen'/></disk>
    <interface type='bridge'><source bridge='b'/><ip address='10.0.0.2' family='ipv4'/><script path='vif-bridge'/><model type='netfront'/></interface>
    <controller type='xenbus' index='0'/>
    <console type='pty'><target type='xen' port='0'/></console>
    <channel type='unix'><source mode='bind' path='/p'/><target type='xen' name='a'/></channel>
    <memballoon model='xen'/>
`),
        kvm(`    <disk type='file'><driver name='qemu'/><source file='/a'/><target dev='vdb' bus='virtio'/></disk>
    <interface type='bridge'><source bridge='b'/><model type='virtio'/></interface>
    <console type='pty'><target type='virtio' port='0'/></console>
    <channel type='unix'><source mode='bind' path='/p'/><target type='virtio' name='a'/></channel>
    <memballoon model='virtio'/>
`).replace(" machine='pc-q35-8.0'", ''),
        { to: 'kvm' },
      );
    });

    it('does not restore what was preserved on the way to KVM', () => {
      const before = xen("    <controller type='xenbus' index='0'/>\n");
      const there = adapt(before, { to: 'kvm', keep: true }).output ?? '';
      expect(there)
        .to.include("to='kvm'>")
        .and.include("<controller type='xenbus' index='0'/></v2x:element>");
      expect(adapt(there, { to: 'kvm' }).edits).to.deep.equal([]);
      const again = adapt(there, { keep: true }).output ?? '';
      expect(again.match(/<v2x:adapted[^>]*>/g)).to.deep.equal([
        "<v2x:adapted xmlns:v2x='urn:virt2xen:adapt:1'>",
      ]);
    });

    it("removes what only Xen's driver has, and says so", () => {
      const devices = (inside: string): string =>
        `    <interface type='bridge'><source bridge='b'/>${inside}</interface>\n`;
      const before = xen(
        devices("<backenddomain name='0'/><script path='vif-route-qubes'/>") +
          devices("<script path='/etc/xen/scripts/vif-bridge'/>") +
          "    <disk type='file'><source file='/a'/><target dev='xvda' bus='xen'/></disk>\n",
      ).replace('<apic/>', '<apic/><viridian/><xen><e820_host state="on"/></xen>');
      const { output, diagnostics } = adapt(before, { to: 'kvm' });
      expect(output).to.equal(
        kvm(
          devices('').repeat(2) +
            "    <disk type='file'><source file='/a'/><target dev='vda' bus='virtio'/></disk>\n",
        ).replace(" machine='pc-q35-8.0'", ''),
      );
      const removed = diagnostics.filter(({ message }) => message.includes(' removed: '));
      expect(
        removed.map(({ severity, message }) => `${severity} ${message.split(':')[0] ?? ''}`),
      ).to.deep.equal([
        "info machine='xenfv' of <type> removed",
        'warning <viridian> removed',
        'warning <xen> removed',
        'info <backenddomain> removed',
        'warning <script> removed',
        'info <script> removed',
      ]);
    });

    it('rejects a disk in a driver domain, whose path means another disk in the host', () => {
      const disk = (domain: string): string =>
        xen(
          `    <disk type='block'><source dev='/dev/sdb'/><target dev='xvda' bus='xen'/><backenddomain name='${domain}'/></disk>\n`,
        );
      expect(codesOf(disk('storage'), { to: 'kvm' })).to.include('error device-unsupported');
      expect(adapt(disk('storage'), { to: 'kvm', drop: ['disk:xvda'] }).output).not.to.include('/dev/sdb');
      expect(adapt(disk('0'), { to: 'kvm' }).output).not.to.include('backenddomain');
    });

    it("reports arguments for Xen's device model", () => {
      const before = xen('').replace(
        '</domain>',
        "<x:commandline xmlns:x='http://libvirt.org/schemas/domain/xen/1.0'><x:arg value='-foo'/></x:commandline></domain>",
      );
      const { output, diagnostics } = adapt(before, { to: 'kvm' });
      expect(output).to.include('-foo');
      expect(diagnostics.map(({ message }) => message)).to.include(
        "<x:commandline> has no effect: its arguments are for Xen's device model",
      );
    });

    it('restores preserved elements, and removes the metadata', () => {
      const before = kvm(
        `    <emulator>/usr/libexec/qemu-kvm</emulator>
    <controller type='usb' model='qemu-xhci'/>
`,
        "  <maxMemory slots='2'>9</maxMemory>\n",
      );
      const there = adapt(before, { keep: true }).output ?? '';
      expect(there).to.include(
        "<v2x:element parent='devices' place='1'><controller type='usb' model='qemu-xhci'/>",
      );
      const back = adapt(there, { to: 'kvm' }).output ?? '';
      expect(back).to.not.include('v2x');
      const lines = (text: string): readonly string[] =>
        text
          .split('\n')
          .map((line) => line.trim())
          .sort();
      expect(lines(back)).to.deep.equal(lines(before));
    });
  });
});

/** Reverts the edits: the result must be the original text. */
function expectOutsideUntouched(
  text: string,
  edits: readonly { offset: number; length: number; content: string }[],
  output: string,
  file: string,
): void {
  let shift = 0;
  const undo = edits.map(({ offset, length, content }) => {
    const edit = {
      offset: offset + shift,
      length: content.length,
      content: text.slice(offset, offset + length),
    };
    shift += content.length - length;
    return edit;
  });
  expect(applyEdits(text, edits), file).to.equal(output);
  expect(applyEdits(output, undo), file).to.equal(text);
}
