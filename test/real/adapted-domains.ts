/**
 * What libvirt's Xen driver rejects in a KVM domain, and accepts after `adapt`: for the driver of libvirt 9.0
 * (libvirt.test.ts), and for that of the lab (test/lab/scenarios). Each domain is named `g`.
 */
import { readFileSync } from 'node:fs';
import { adapt, type GuestKind, type LibvirtVersion } from '../../lib/index.js';

/** A KVM guest in which only type and machine must be changed. */
const guest = (devices = '', beside = ''): string =>
  `<domain type='kvm'><name>g</name><memory>524288</memory><vcpu>2</vcpu>` +
  `<os><type arch='x86_64' machine='pc'>hvm</type></os>${beside}<devices>${devices}</devices></domain>`;

const disk = (target: string, more = ''): string =>
  `<disk type='file'><driver name='qemu' type='qcow2' ${more}/><source file='/x'/><target ${target}/></disk>`;
const nic = (inside: string): string =>
  `<interface type='bridge'><source bridge='b'/><mac address='00:16:3e:00:00:01'/>${inside}</interface>`;
const channel = (target: string): string =>
  `<channel type='unix'><source mode='bind' path='/a'/><target type='${target}' name='a'/></channel>`;

/** What the driver rejects in a domain of type xen, and accepts after `adapt`. */
const refused: Readonly<Record<string, string>> = {
  emulator: guest('<emulator>/usr/libexec/qemu-kvm</emulator>'),
  maxMemory: guest(
    '',
    "<maxMemory slots='4'>1048576</maxMemory><cpu><numa><cell cpus='0-1' memory='524288'/></numa></cpu>",
  ),
  vcpus: guest('', "<vcpus><vcpu id='0' enabled='yes'/><vcpu id='1' enabled='yes'/></vcpus>"),
  ...Object.fromEntries(
    ['rtc', 'pit', 'kvmclock', 'hypervclock', 'platform'].map((name) => [
      `timer ${name}`,
      guest('', `<clock offset='utc'><timer name='${name}'/></clock>`),
    ]),
  ),
  'clock of a time zone': guest('', "<clock offset='timezone' timezone='Europe/Paris'/>"),
  'clock with a start': guest('', "<clock offset='absolute' start='1'/>"),
  'disk of virtio': guest(disk("dev='vda' bus='virtio'", "queues='2'")).replace("bus='virtio'", "bus='xen'"),
  iso: guest(disk("dev='xvda' bus='xen'").replace('qcow2', 'iso')),
  'virtio channel': guest(channel('virtio')),
  'SPICE channel': guest(
    "<channel type='spicevmc'><target type='virtio' name='s'/></channel><graphics type='spice' autoport='yes'/>",
  ),
  ...Object.fromEntries(
    ['piix3-uhci', 'qemu-xhci', 'ich9-ehci1', 'none'].map((model) => [
      `USB controller ${model}`,
      guest(`<controller type='usb' model='${model}'/>`),
    ]),
  ),
  ...Object.fromEntries(
    ['virtio', 'bochs', 'vmvga', 'none'].map((model) => [
      `video ${model}`,
      guest(`<graphics type='vnc' port='-1'/><video><model type='${model}'/></video>`),
    ]),
  ),
  'video qxl with the memory of KVM': guest(
    "<graphics type='spice' autoport='yes'/><video><model type='qxl' ram='65536' vram='65536' vgamem='16384'/></video>",
  ),
  "port=''": guest("<graphics type='vnc' autoport='yes' port=''/>"),
  'USB keyboard': guest("<input type='keyboard' bus='usb'/>"),
  'sound ich9': guest("<sound model='ich9'/>"),
  'sound usb': guest("<sound model='usb'/>"),
  'serial port of SPICE': guest("<serial type='spiceport'><source channel='a'/><target port='0'/></serial>"),
  'parallel port': guest("<parallel type='pty'><target port='0'/></parallel>"),
  'virtio balloon': guest("<memballoon model='virtio'/>"),
  'no balloon': guest("<memballoon model='none'/>"),
  redirection: guest("<redirdev bus='usb' type='spicevmc'/>"),
  'memory module': guest("<memory model='dimm'><target><size>524288</size><node>0</node></target></memory>"),
};

/** The same for the driver of libvirt 11.3, which rejects more than that of 9.0. */
const refusedSince11: Readonly<Record<string, string>> = {
  'network filter': guest(nic("<filterref filter='clean-traffic'/>")),
  ...Object.fromEntries(
    ['vfio', 'kvm'].map((driver) => [
      `PCI device by ${driver}`,
      guest(
        `<hostdev mode='subsystem' type='pci'><driver name='${driver}'/><source><address domain='0' bus='1' slot='2' function='0'/></source></hostdev>`,
      ),
    ]),
  ),
  'egl-headless': guest("<graphics type='egl-headless'/>"),
};

const twoSerials = guest(
  "<serial type='pty'><target port='0'/></serial><serial type='pty'><target port='1'/></serial>",
);

/** What would crash the daemon if it were not adapted, and whole documents. */
const accepted: Readonly<Record<string, string>> = {
  'two serial ports': twoSerials,
  'D-Bus display': guest("<graphics type='dbus'/>"),
  'channel of a file': guest(
    "<channel type='file'><source path='/f'/><target type='virtio' name='l'/></channel>",
  ),
  'network card of virtio': guest(nic("<model type='virtio'/><link state='up'/>")),
  'tuned network card': guest(
    nic("<model type='virtio'/><driver name='vhost' queues='4'><host csum='off'/></driver>"),
  ),
  'isolated port': guest(nic("<port isolated='yes'/>")),
  "script of KVM's": guest(nic("<script path='/etc/qemu-ifup'/>")),
  'clipboard channel': guest(
    "<channel type='qemu-vdagent'><source><clipboard copypaste='yes'/></source><target type='virtio' name='s'/></channel>",
  ),
  'display on a network': guest(
    "<graphics type='vnc' port='-1'><listen type='network' network='n' address='127.0.0.1'/></graphics>",
  ),
  ...Object.fromEntries(
    ['cloudstack/user-vm', 'cloudstack/system-vm', 'ovirt/hook'].map((name) => [
      name,
      readFileSync(`fixtures/${name}.xml`, 'utf8').replace(/<name>[^<]*/, '<name>g'),
    ]),
  ),
};

const inside: Readonly<Record<string, string>> = {
  rng: "<rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
  watchdog: "<watchdog model='i6300esb'/>",
  panic: "<panic model='isa'/>",
  'network card': nic("<model type='virtio'/>"),
  'USB tablet': "<input type='tablet' bus='usb'/>",
  channel: channel('virtio'),
  disk: disk("dev='vda' bus='virtio'"),
};
const kinds: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(inside).map(([name, xml]) => [
    name,
    guest(xml).replace('</type>', '</type><kernel>/k</kernel>'),
  ]),
);

const adapted = (xml: string, kind?: GuestKind, libvirt?: LibvirtVersion): string => {
  const { output, diagnostics } = adapt(xml, { guest: kind, libvirt });
  if (output === undefined) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return output;
};

/** The same domain with type xen, otherwise unchanged. */
const forXen = (xml: string): string =>
  xml.replace("type='kvm'", "type='xen'").replace("machine='pc'", "machine='xenfv'");

export interface AdaptedCase {
  readonly name: string;
  readonly xml: string;
  readonly accepted: boolean;
}

/** Each domain before `adapt`, which the driver rejects, and after it, which the driver accepts. */
const both = (domains: Readonly<Record<string, string>>): readonly AdaptedCase[] => [
  ...Object.entries(domains).map(([name, xml]) => ({
    name: `refuses, unadapted: ${name}`,
    xml: forXen(xml),
    accepted: false,
  })),
  ...taken(domains),
];

const taken = (domains: Readonly<Record<string, string>>, libvirt?: LibvirtVersion): readonly AdaptedCase[] =>
  Object.entries(domains).map(([name, xml]) => ({
    name: `takes, adapted: ${name}`,
    xml: adapted(xml, undefined, libvirt),
    accepted: true,
  }));

export const adaptedCases: readonly AdaptedCase[] = [
  ...both(refused),
  // For the driver of 9.0, too, which crashes on a second serial port.
  ...taken(accepted, '9.0'),
  ...(['hvm', 'pvh', 'pv'] as const).flatMap((kind) =>
    Object.entries(kinds).map(([name, xml]) => ({
      name: `takes, adapted to ${kind}: ${name}`,
      xml: adapted(xml, kind),
      accepted: true,
    })),
  ),
];

export const casesSince11: readonly AdaptedCase[] = [
  ...both(refusedSince11),
  ...taken({ 'two serial ports, both of which 11.3 has': twoSerials }),
];
