/** Ordinary documents: the content that every generated document has. */
import type { Usual } from './synthesis.js';

const every = {
  name: 'one',
  memory: '262144',
  os: '',
  devices: '',
  'devices/disk/@type': 'file',
  'devices/disk/source': '',
  'devices/disk/source/@file': '/img/one',
  'devices/disk/source/@dev': '/dev/one',
  'devices/disk/source/@name': 'pool/one',
  'devices/disk/target/@dev': 'xvda',
  'devices/interface/@type': 'bridge',
  'devices/interface/source/@bridge': 'br0',
  'devices/channel/@type': 'pty',
  'devices/channel/target/@type': 'xen',
  'devices/channel/target/@name': 'one',
  'devices/serial/@type': 'pty',
  'devices/parallel/@type': 'pty',
  'devices/hostdev/@mode': 'subsystem',
  'devices/hostdev/@type': 'pci',
  'devices/hostdev/source': '',
  'devices/hostdev/source/address': '',
  'devices/hostdev/source/address/@bus': '0x5',
  'devices/graphics/@type': 'vnc',
  'devices/graphics/@port': '5901',
};

/** Numbers that are consistent with each other, and no defaults. */
const texts = {
  currentMemory: '131072',
  vcpu: '4',
  'vcpu/@current': '2',
  'os/loader': '/usr/lib/xen-4.17/boot/another.bin',
  'devices/disk/driver/@name': 'phy',
  'devices/disk/source/@protocol': 'rbd',
};

const hvm = { ...every, '@type': 'xen', 'os/type': 'hvm' };
const pv = { ...every, '@type': 'xen', 'os/type': 'linux', 'os/kernel': '/boot/one' };
const kvm = { ...every, '@type': 'kvm', 'os/type': 'hvm' };

/** The schema allows any <source> in a device of any type; here each type has the one that it requires. */
const ends = (device: 'serial' | 'parallel' | 'channel'): readonly Usual[] =>
  Object.entries({
    unix: { 'source/@mode': 'bind', 'source/@path': '/run/one' },
    file: { 'source/@path': '/var/log/one' },
    pipe: { 'source/@path': '/run/one' },
    dev: { 'source/@path': '/dev/one' },
    tcp: { 'source/@mode': 'connect', 'source/@host': '192.0.2.1', 'source/@service': '4000' },
    udp: { 'source/@mode': 'connect', 'source/@host': '192.0.2.1', 'source/@service': '4000' },
  }).map(([type, source]) => {
    const only = `devices/${device}`;
    const below = Object.entries(source).map(([path, value]) => [`${only}/${path}`, value] as const);
    const present = { ...hvm, [`${only}/@type`]: type, [`${only}/source`]: '', ...Object.fromEntries(below) };
    return { present, texts, only };
  });

/** The examined documents: each kind of guest, and combinations that some devices require. */
export const guests: readonly Usual[] = [
  { present: hvm, texts },
  { present: pv, texts },
  { present: kvm, texts },
  ...ends('serial'),
  ...ends('parallel'),
  ...ends('channel'),
  {
    present: { ...hvm, 'devices/hostdev/@type': 'usb', 'devices/hostdev/source/address/@device': '0x6' },
    texts,
    only: 'devices/hostdev',
  },
  {
    present: { ...hvm, 'devices/controller/@type': 'usb', 'devices/controller/@model': 'qusb2' },
    texts,
    only: 'devices/controller',
  },
  {
    present: { ...hvm, 'cpu/numa/cell/@cpus': '0', 'cpu/numa/cell/distances/sibling/@id': '0' },
    texts: { ...texts, 'cpu/numa/cell/@memory': '262144' },
    only: 'cpu/numa',
  },
  {
    present: {
      ...hvm,
      'devices/interface/@type': 'hostdev',
      'devices/interface/source': '',
      'devices/interface/source/address': '',
      'devices/interface/source/address/@type': 'pci',
      'devices/interface/source/address/@bus': '0x5',
    },
    texts,
    only: 'devices/interface',
  },
  { present: { ...hvm, 'devices/graphics/@type': 'spice' }, texts, only: 'devices/graphics' },
  { present: { ...hvm, 'devices/disk/@type': 'network' }, texts, only: 'devices/disk' },
  { present: { ...kvm, 'devices/disk/target/@dev': 'sda' }, texts, only: 'devices/disk/target' },
];
