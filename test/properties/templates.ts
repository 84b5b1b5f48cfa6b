import { pathOf } from '../../lib/model/disk.js';
import type { Channel, ConvertOptions, Domain } from '../../lib/index.js';

/** A place for a text in a document: a harmless text, and where the text is in the domain. */
export interface Field {
  readonly harmless: string;
  /** Attributes are unchanged (paths begin with a slash), texts are trimmed, blanks between words do not count. */
  readonly kind: 'raw' | 'path' | 'text' | 'words';
  /** Reads the text from the domain of our xl.cfg; absent if it is read as something else, or preserved. */
  readonly arrives?: (domain: Domain) => string | undefined;
}

type Fields = Readonly<Record<string, Field>>;
type Values = (name: string) => string;

/** A document with places for texts. */
export interface Template {
  readonly name: string;
  readonly fields: Fields;
  readonly options?: ConvertOptions;
  readonly write: (value: Values) => string;
}

/** An attribute, or the text of an element that is not trimmed. */
const attribute = (harmless: string, arrives?: Field['arrives']): Field => ({
  harmless,
  kind: 'raw',
  ...(arrives && { arrives }),
});
/** An attribute that must be an absolute path. */
const path = (harmless: string, arrives: Field['arrives']): Field => ({
  ...attribute(harmless, arrives),
  kind: 'path',
});

/** The text of an element. */
const text = (harmless: string, arrives?: Field['arrives']): Field => ({
  harmless,
  kind: 'text',
  ...(arrives && { arrives }),
});

const serialPath =
  (index: number): Field['arrives'] =>
  ({ serials }) => {
    const connection = serials[index]?.connection;
    return connection && 'path' in connection ? connection.path : undefined;
  };
const channelPath: Field['arrives'] = ({ channels }) => {
  const connection = channels[0]?.connection;
  return connection?.kind === 'socket' ? connection.path : undefined;
};

/** Encodes every character except letters and digits, so that XML allows the text. */
export const encode = (value: string): string =>
  value.replace(/[^a-zA-Z0-9]/gu, (character) => `&#${character.codePointAt(0) ?? 0};`);

const hvm: Template = {
  name: 'an HVM guest',
  fields: {
    name: text('guest', ({ name }) => name),
    title: text('words'),
    'an unknown attribute': attribute('x'),
    'metadata of others': text('x'),
    'a namespace of others': attribute('urn:q'),
    kernel: text('/boot/k', ({ os }) => os.kernel),
    initrd: text('/boot/i', ({ os }) => os.initrd),
    cmdline: attribute('root=/dev/xvda', ({ os }) => os.cmdline),
    'the firmware': text('/ovmf', ({ os }) => (os.type === 'hvm' ? os.firmware?.path : undefined)),
    emulator: text('/usr/bin/qemu', ({ emulator }) => emulator),
    "a disk's file": path('/img/a', ({ disks }) => pathOf(disks[0]?.source)),
    "a disk's device": path('/dev/a', ({ disks }) => pathOf(disks[1]?.source)),
    "a disk's serial": text('s'),
    'a bridge': attribute('br0', ({ interfaces: [nic] }) =>
      nic?.source.kind === 'bridge' ? nic.source.bridge : undefined,
    ),
    "a network's bridge": attribute('virbr0', ({ interfaces: [, , nic] }) =>
      nic?.source.kind === 'bridge' ? nic.source.bridge : undefined,
    ),
    "a bridge's script": attribute('vif-mine', ({ interfaces: [nic] }) => nic?.script),
    'a script': attribute('vif-route', ({ interfaces: [, nic] }) => nic?.script),
    "an interface's name": attribute('port0', ({ interfaces: [nic] }) => nic?.device),
    "an interface's model": attribute('e1000', ({ interfaces: [nic] }) => nic?.model),
    "an interface's address": attribute(
      '10.0.0.1',
      ({ interfaces: [nic] }) =>
        nic?.addresses[0] ?? nic?.xlParameters?.find((text) => text.startsWith('ip='))?.slice('ip='.length),
    ),
    'a serial file': attribute('/log', serialPath(0)),
    'a serial device': attribute('/dev/ttyS0', serialPath(1)),
    'a serial socket': attribute('/sock', serialPath(2)),
    'a serial host': attribute('localhost', ({ serials }) =>
      serials[3]?.connection.kind === 'tcp' ? serials[3].connection.host : undefined,
    ),
    'a serial service': attribute('4444', ({ serials }) =>
      serials[3]?.connection.kind === 'tcp' ? serials[3].connection.service : undefined,
    ),
    "a channel's name": attribute('org.a', ({ channels }) => channels[0]?.name),
    "a channel's path": attribute('/run/a', channelPath),
    "a channel's backend": attribute('driver', ({ channels }) => channels[0]?.backendDomain),
    'a VNC address': attribute('127.0.0.1', ({ graphics: [vnc] }) =>
      vnc?.kind === 'vnc' ? vnc.listen : undefined,
    ),
    'a VNC password': attribute('secret', ({ graphics: [vnc] }) =>
      vnc?.kind === 'vnc' ? vnc.password : undefined,
    ),
    'a VNC keymap': attribute('de', ({ graphics: [vnc] }) => (vnc?.kind === 'vnc' ? vnc.keymap : undefined)),
  },
  write: (value) => `<domain type='xen' q='${value('an unknown attribute')}'>
<name>${value('name')}</name><title>${value('title')}</title>
<metadata>
  <q:q xmlns:q='${value('a namespace of others')}'>${value('metadata of others')}</q:q>
  <v:xl xmlns:v='urn:virt2xen:1'><v:channel name='${value("a channel's name")}' backend='${value("a channel's backend")}'/></v:xl>
</metadata>
<memory>1048576</memory>
<os><type>hvm</type><loader type='pflash'>${value('the firmware')}</loader><kernel>${value('kernel')}</kernel>
  <initrd>${value('initrd')}</initrd><cmdline>${value('cmdline')}</cmdline></os>
<devices>
  <emulator>${value('emulator')}</emulator>
  <disk type='file'><source file='${value("a disk's file")}'/><target dev='xvda'/><serial>${value("a disk's serial")}</serial></disk>
  <disk type='block'><driver name='phy'/><source dev='${value("a disk's device")}'/><target dev='xvdb'/></disk>
  <interface type='bridge'><source bridge='${value('a bridge')}'/><script path='${value("a bridge's script")}'/>
    <target dev='${value("an interface's name")}'/><model type='${value("an interface's model")}'/>
    <ip address='${value("an interface's address")}'/></interface>
  <interface type='ethernet'><script path='${value('a script')}'/></interface>
  <interface type='network'><source network='default' bridge='${value("a network's bridge")}'/></interface>
  <serial type='file'><source path='${value('a serial file')}'/><target port='0'/></serial>
  <serial type='dev'><source path='${value('a serial device')}'/><target port='1'/></serial>
  <serial type='unix'><source mode='bind' path='${value('a serial socket')}'/><target port='2'/></serial>
  <serial type='tcp'><source mode='connect' host='${value('a serial host')}' service='${value('a serial service')}'/><target port='3'/></serial>
  <channel type='unix'><source mode='bind' path='${value("a channel's path")}'/><target type='xen' name='${value("a channel's name")}'/></channel>
  <graphics type='vnc' port='5901' listen='${value('a VNC address')}' passwd='${value('a VNC password')}' keymap='${value('a VNC keymap')}'/>
</devices>
</domain>`,
};

const spice: Template = {
  name: 'an HVM guest with SPICE',
  fields: {
    'a SPICE address': attribute('127.0.0.1', ({ graphics: [first] }) =>
      first?.kind === 'spice' ? first.listen : undefined,
    ),
    'a SPICE password': attribute('secret', ({ graphics: [first] }) =>
      first?.kind === 'spice' ? first.password : undefined,
    ),
    'a UDP host': attribute('localhost', ({ serials: [serial] }) =>
      serial?.connection.kind === 'udp' ? serial.connection.send.host : undefined,
    ),
    'a UDP service': attribute('4444', ({ serials: [serial] }) =>
      serial?.connection.kind === 'udp' ? serial.connection.send.service : undefined,
    ),
    'a UDP host to receive on': attribute('localhost', ({ serials: [serial] }) =>
      serial?.connection.kind === 'udp' ? serial.connection.receive?.host : undefined,
    ),
    'a Telnet host': attribute('localhost', ({ serials: [, serial] }) =>
      serial?.connection.kind === 'tcp' ? serial.connection.host : undefined,
    ),
    'a pipe': attribute('/pipe', serialPath(2)),
  },
  write: (value) => `<domain type='xen'>
<name>guest</name><memory>1048576</memory><os><type>hvm</type></os>
<devices>
  <serial type='udp'>
    <source mode='connect' host='${value('a UDP host')}' service='${value('a UDP service')}'/>
    <source mode='bind' host='${value('a UDP host to receive on')}' service='4445'/><target port='0'/>
  </serial>
  <serial type='tcp'><source mode='connect' host='${value('a Telnet host')}' service='23'/><protocol type='telnet'/><target port='1'/></serial>
  <serial type='pipe'><source path='${value('a pipe')}'/><target port='2'/></serial>
  <graphics type='spice' port='5901' listen='${value('a SPICE address')}' passwd='${value('a SPICE password')}'/>
</devices>
</domain>`,
};

const pv: Template = {
  name: 'a PV guest',
  fields: {
    bootloader: text('/usr/bin/pygrub', ({ os }) => (os.type === 'hvm' ? undefined : os.bootloader)),
    "the boot loader's arguments": {
      harmless: '-q',
      kind: 'words',
      arrives: ({ os }) => (os.type === 'hvm' ? undefined : os.bootloaderArgs?.join(' ')),
    },
    'a VNC address': attribute('127.0.0.1', ({ graphics: [vnc] }) =>
      vnc?.kind === 'vnc' ? vnc.listen : undefined,
    ),
    'a VNC password': attribute('secret', ({ graphics: [vnc] }) =>
      vnc?.kind === 'vnc' ? vnc.password : undefined,
    ),
    'a VNC keymap': attribute('de', ({ graphics: [vnc] }) => (vnc?.kind === 'vnc' ? vnc.keymap : undefined)),
    "a disk's name": attribute('xvda'),
    "a cdrom's name": attribute('xvdb'),
  },
  write: (value) => `<domain type='xen'>
<name>guest</name><memory>1048576</memory>
<bootloader>${value('bootloader')}</bootloader>
<bootloader_args>${value("the boot loader's arguments")}</bootloader_args>
<os><type>linux</type></os>
<devices>
  <disk type='file'><source file='/img/a'/><target dev='${value("a disk's name")}'/></disk>
  <disk type='file' device='cdrom'><source file='/img/b'/><target dev='${value("a cdrom's name")}'/></disk>
  <graphics type='vnc' port='5901' listen='${value('a VNC address')}' passwd='${value('a VNC password')}' keymap='${value('a VNC keymap')}'/>
</devices>
</domain>`,
};

const sdl: Template = {
  name: 'a guest of KVM with SDL',
  fields: {
    'a display': attribute(':0', ({ graphics: [first] }) =>
      first?.kind === 'sdl' ? first.display : undefined,
    ),
    'an authority': attribute('/root/.Xauthority', ({ graphics: [first] }) =>
      first?.kind === 'sdl' ? first.xauthority : undefined,
    ),
    "a channel's name": attribute('org.a', ({ channels }) => channels[0]?.name),
    "a channel's path": attribute('/run/a', channelPath),
    "a disk's name": attribute('vda'),
    "a disk's file": path('/img/a', ({ disks }) => pathOf(disks[0]?.source)),
    'a network': attribute('default'),
  },
  write: (value) => `<domain type='kvm'>
<name>guest</name><memory>1048576</memory><os><type>hvm</type></os>
<devices>
  <disk type='file'><source file='${value("a disk's file")}'/><target dev='${value("a disk's name")}' bus='virtio'/></disk>
  <interface type='network'><source network='${value('a network')}'/><model type='virtio'/></interface>
  <channel type='unix'><source mode='bind' path='${value("a channel's path")}'/><target type='virtio' name='${value("a channel's name")}'/></channel>
  <graphics type='sdl' display='${value('a display')}' xauth='${value('an authority')}'/>
</devices>
</domain>`,
};

const portAt =
  (index: number, part: (channel: Channel) => string | undefined): Field['arrives'] =>
  ({ channels }) => {
    const channel = channels[index];
    return channel && part(channel);
  };

const ports: Template = {
  name: 'an HVM guest with virtio-serial ports',
  options: { transport: 'virtio-serial' },
  fields: {
    "a port's name": attribute(
      'org.a',
      portAt(0, ({ name }) => name),
    ),
    "a port's socket": path(
      '/run/a',
      portAt(0, ({ connection }) => (connection.kind === 'socket' ? connection.path : undefined)),
    ),
    "a port's log": path(
      '/log/a',
      portAt(0, ({ log }) => log?.path),
    ),
    "a port's file": path(
      '/file',
      portAt(1, ({ connection }) => (connection.kind === 'file' ? connection.path : undefined)),
    ),
    "a port's host": attribute(
      'h',
      portAt(2, ({ connection }) => (connection.kind === 'tcp' ? connection.host : undefined)),
    ),
    "a port's service": attribute(
      '1',
      portAt(2, ({ connection }) => (connection.kind === 'tcp' ? connection.service : undefined)),
    ),
    'an argument of the device model': attribute('x', ({ deviceModelArguments: [first] }) => first),
  },
  write: (value) => `<domain type='xen' xmlns:xen='http://libvirt.org/schemas/domain/xen/1.0'>
<name>guest</name><memory>1048576</memory><os><type>hvm</type></os>
<devices>
  <channel type='unix'><source mode='bind' path='${value("a port's socket")}'/><log file='${value("a port's log")}' append='on'/>
    <target type='virtio' name='${value("a port's name")}'/></channel>
  <channel type='file'><source path='${value("a port's file")}'/><target type='virtio' name='b'/></channel>
  <channel type='tcp'><source mode='connect' host='${value("a port's host")}' service='${value("a port's service")}'/>
    <protocol type='raw'/><target type='virtio' name='c'/></channel>
</devices>
<xen:commandline><xen:arg value='${value('an argument of the device model')}'/></xen:commandline>
</domain>`,
};

export const templates: readonly Template[] = [hvm, spice, pv, sdl, ports];

/** The document of a template, with one text replaced. */
export function fill({ fields, write }: Template, replaced?: string, by = ''): string {
  return write((name) => encode(name === replaced ? by : (fields[name]?.harmless ?? '')));
}
