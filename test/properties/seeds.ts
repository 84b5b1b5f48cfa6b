import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A valid document. */
export interface Seed {
  readonly name: string;
  readonly text: string;
}

/** A domain XML with something of everything. */
const hvmXml = `<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment -->
<domain type='kvm' id='7' xmlns:q='urn:q'>
  <name>vm &amp; more</name>
  <uuid>8b0e1c76-3a6c-4a35-9d9c-0e6f7d2a1b11</uuid>
  <title>words &lt;about&gt; it</title>
  <metadata><q:x a="1"><![CDATA[<raw>]]></q:x></metadata>
  <memory unit='MiB'>2048</memory>
  <currentMemory unit='KiB'>1048576</currentMemory>
  <vcpu placement='static' cpuset='0-3,^2' current='2'>4</vcpu>
  <os><type arch='x86_64' machine='pc-q35-8.0'>hvm</type><boot dev='hd'/><boot dev='network'/></os>
  <features><acpi/><apic/><pae/><smm state='off'/></features>
  <clock offset='variable' adjustment='-3600' basis='utc'><timer name='hpet' present='no'/></clock>
  <on_poweroff>destroy</on_poweroff><on_reboot>restart</on_reboot><on_crash>destroy</on_crash>
  <devices>
    <emulator>/usr/bin/qemu-kvm</emulator>
    <disk type='file' device='disk' snapshot='no'>
      <driver name='qemu' type='qcow2' cache='none'/><source file='/img/a,b.qcow2'/>
      <target dev='vda' bus='virtio'/><serial>s-1</serial><boot order='1'/>
    </disk>
    <disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
    <interface type='bridge'>
      <mac address='52:54:00:12:34:56'/><source bridge='br0'/><model type='virtio'/>
      <bandwidth><inbound average='5'/><outbound average='1000' peak='5'/></bandwidth>
    </interface>
    <interface type='network'><source network='default'/></interface>
    <serial type='unix'><source mode='bind' path='/run/s.sock'/><target type='isa-serial' port='0'/></serial>
    <console type='unix'><source mode='bind' path='/run/s.sock'/><target type='serial' port='0'/></console>
    <channel type='unix'>
      <source mode='bind' path='/var/lib/libvirt/qemu/channels/x.agent'/>
      <target type='virtio' name='org.qemu.guest_agent.0' state='connected'/>
      <address type='virtio-serial' controller='0' bus='0' port='1'/>
    </channel>
    <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>
    <input type='tablet' bus='usb'/>
    <graphics type='spice' autoport='yes' passwd='secret' keymap='en-us'><listen type='address' address='0.0.0.0'/></graphics>
    <video><model type='qxl' ram='65536' vram='65536' heads='1'/></video>
    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
    <memballoon model='virtio'/>
  </devices>
</domain>
`;

const pvXml = `<domain type='xen'>
  <name>pv</name>
  <metadata><v:xl xmlns:v='urn:virt2xen:1'><v:settings>xen_platform_pci = 0
pci = [ "0000:00:1b.0" ]</v:settings><v:channel name='c' backend='drv'/><v:disk target='xvda'>discard,script=block-drbd</v:disk></v:xl></metadata>
  <memory>524288</memory>
  <bootloader>/usr/bin/pygrub</bootloader><bootloader_args>--quiet -n</bootloader_args>
  <os><type>linux</type></os>
  <devices>
    <disk type='block' device='disk'><driver name='phy'/><source dev='/dev/vg/a'/><target dev='xvda' bus='xen'/></disk>
    <interface type='ethernet'><ip address='10.0.0.1' family='ipv4'/><script path='vif-route'/></interface>
    <channel type='pty'><target type='xen' name='c'/></channel>
    <channel type='unix'><target type='xen' name='d'/></channel>
    <graphics type='vnc' port='5901' listen='127.0.0.1' passwd='p'/>
  </devices>
</domain>
`;

const hvmCfg = `# made by hand
name = "hvm"
uuid = '8b0e1c76-3a6c-4a35-9d9c-0e6f7d2a1b11'
type = "hvm" ; memory = 1024; maxmem = 0x800
vcpus = 2
maxvcpus = 4
cpus = "0-3,^2"
cpuid = [ "0:eax=0", [ "nested", 'list' ] ]
serial = [ "pty", "none", "tcp:127.0.0.1:4444,server,nowait" ]
disk = [ "format=qcow2, vdev=hda, access=rw, target=/img/a,b.qcow2",
         'file:/img/c.iso,hdc:cdrom,r', "phy:/dev/vg/b,xvdb,w" ]
vif = [ "mac=00:16:3e:00:00:01,bridge=br0,rate=10Mb/s@20ms,mtu=9000", "" ]
channel = [ "connection=socket,path=/run/a b.sock,name=org.a", "name=c , connection = pty,backend=drv", ]
vnc = 1
vnclisten = "0.0.0.0:3"
vncunused = 0
usb = 1
usbdevice = [ "tablet", "mouse" ]
on_crash = "soft-reset"
xen_platform_pci += "a\\tb\\\\"
xen_platform_pci += 'c'
nestedhvm = 1
`;

const pvCfg = `name = "pv"
kernel = "/boot/vmlinuz"
root = "/dev/xvda1"
extra = "ro quiet"
vfb = [ "vnc=1,vncunused=0,vncdisplay=3,vncpasswd=x" ]
channel = [ "type=socket,path=/run/c,name=c" ]
# virt2xen:kept . {"kind":"element","xml":"<title>a &amp; b</title>"}
# virt2xen:kept devices/channel {"kind":"attribute","name":"x","value":"'\\"<>&"}
# virt2xen:kept devices {"kind":"element","xml":"<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>"}
`;

export const xmlSeeds: readonly Seed[] = [
  { name: 'an HVM guest of KVM', text: hvmXml },
  { name: 'a PV guest of Xen', text: pvXml },
];
export const xlSeeds: readonly Seed[] = [
  { name: 'an HVM guest', text: hvmCfg },
  { name: 'a PV guest', text: pvCfg },
];

/** The documents of fixtures/. */
export const fixtureSeeds = ['.xml', '.cfg'].flatMap((extension) => seedsBelow('../../fixtures/', extension));

/** Documents that are not part of the repository; an empty list if they are missing. */
export function sharedSeeds(
  folder: 'conformance/to-xl' | 'conformance/from-xl' | 'samples',
): readonly Seed[] {
  const extension = folder === 'conformance/from-xl' ? '.cfg' : '.xml';
  return seedsBelow(`../../../shared/${folder}/`, extension);
}

function seedsBelow(folder: string, extension: string): readonly Seed[] {
  const path = fileURLToPath(new URL(folder, import.meta.url));
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .sort()
    .map((file) => ({ name: `${folder}${file}`, text: readFileSync(path + file, 'utf8') }));
}
