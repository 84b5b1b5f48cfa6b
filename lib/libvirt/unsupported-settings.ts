import type { UnsupportedRow } from './descriptor.js';

const noBlocks = 'Xen disks are block devices without such a property';
const noDisplaySetting = 'xl has no such setting of a display';
const ofContainers = 'only containers have it';
const ofOthers = 'it is for another hypervisor';
const ofRunning = 'it is the state of a running domain';
const ofVirtio = 'it tunes a virtio device of KVM';

/**
 * The settings inside of elements that xl supports as a whole, and the elements of other hypervisors: everything else
 * that libvirt's schema allows (test/real/formatdomain.test.ts). The rows of the devices come first.
 */
export const settings: readonly UnsupportedRow[] = [
  ['perf', 'host-only', 'libvirt measures performance events on the host'],
  ['idmap', 'host-only', ofContainers],
  ...['init', 'initarg', 'initenv', 'initdir', 'inituser', 'initgroup'].map((name): UnsupportedRow => [
    `os/${name}`,
    'implied',
    ofContainers,
  ]),
  ...['lxc:namespace', 'bhyve:commandline', 'vmware:datacenterpath', 'qemu:deprecation', 'keywrap'].map(
    (name): UnsupportedRow => [name, 'host-only', ofOthers],
  ),
  ['defaultiothread', 'implied', "Xen's disk backends have threads of their own"],
  ['launchSecurity', 'unsupported', "Xen does not encrypt a guest's memory"],
  ['memory/@dumpCore', 'unsupported', 'xl dumps all memory of a guest, or none'],
  ['genid', 'unsupported', 'only HVM guests have a generation ID'],
  ['os/dtb', 'unsupported', 'xl generates the device tree of a guest; device_tree adds to it'],
  ['os/acpi', 'unsupported', 'only HVM guests have ACPI tables of their own'],
  ['os/@firmware', 'unsupported', 'a PV or PVH guest boots a kernel or boot loader, not firmware'],
  ['os/*', 'unsupported', 'xl cannot set this of how a guest boots'],
  ['clock/timer/*', 'unsupported', 'Xen cannot set this of a timer'],
  ['cpu/numa/cell/*', 'unsupported', 'xl.cfg has no such NUMA node setting'],

  ['devices/redirdev/boot', 'unsupported', 'only disks and network cards of an HVM guest have a boot order'],
  ['devices/*/boot/@loadparm', 'host-only', ofOthers],
  ['devices/*/boot', 'implied', 'only disks and network cards of an HVM guest have a boot order'],
  ['devices/*/address/@*', 'implied', 'Xen assigns bus addresses automatically'],
  ['devices/*/source/address/@*', 'implied', 'Xen assigns bus addresses automatically'],
  ['devices/*/acpi', 'implied', 'Xen assigns bus addresses automatically'],
  ['devices/*/driver', 'implied', ofVirtio],
  ['devices/*/driver/@*', 'implied', ofVirtio],

  [
    'devices/disk/mirror',
    'unsupported',
    'a job copies the disk: finish it, and read the XML of the domain again',
  ],
  ['devices/disk/@rawio', 'unsupported', 'Xen does not pass SCSI commands through'],
  ['devices/disk/@sgio', 'unsupported', 'Xen does not pass SCSI commands through'],
  ['devices/disk/driver/metadata_cache', 'implied', "it tunes how KVM's QEMU reads the image"],
  ['devices/disk/target/@tray', 'implied', ofRunning],
  ...['wwn', 'vendor', 'product', 'target/@*'].map((name): UnsupportedRow => [
    `devices/disk/${name}`,
    'unsupported',
    noBlocks,
  ]),
  ['devices/disk/transient/@*', 'unsupported', 'xl has no transient disks'],
  ...['source/@*', 'source/*', 'source/host/@*', 'auth/*', 'auth'].map((name): UnsupportedRow => [
    `devices/disk/${name}`,
    'unsupported',
    'xl cannot set this of an image',
  ]),
  ['devices/disk/*', 'unsupported', 'xl cannot set this of a disk'],

  ...['type', 'check', 'currentAddress'].map((name): UnsupportedRow => [
    `devices/interface/mac/@${name}`,
    'implied',
    'libvirt needs it to generate or check the address',
  ]),
  ['devices/interface/source/@fdgroup', 'implied', ofRunning],
  ...['ip', 'ip/@*', 'route', 'guest'].map((name): UnsupportedRow => [
    `devices/interface/${name}`,
    'implied',
    ofContainers,
  ]),
  ['devices/interface/teaming', 'unsupported', 'Xen does not team network cards'],
  ['devices/interface/@trustGuestRxFilters', 'unsupported', 'xl has no filters of a network card'],
  ...['@*', 'source/@*', 'bandwidth', 'bandwidth/@*', '*'].map((name): UnsupportedRow => [
    `devices/interface/${name}`,
    'unsupported',
    'xl cannot set this of an interface',
  ]),

  ['devices/input/@model', 'implied', "it selects a variant of KVM's virtio device"],
  ['devices/graphics/@connected', 'implied', 'xl does not change the password of a running guest'],
  ['devices/graphics/gl', 'unsupported', 'Xen has OpenGL for SDL of the traditional device model only'],
  ['devices/graphics/@*', 'unsupported', noDisplaySetting],
  ['devices/graphics/*', 'unsupported', noDisplaySetting],
  ['devices/video/model/*', 'unsupported', 'xl sets the model and the memory of an adapter only'],
  ['devices/sound/*', 'unsupported', 'xl sets the model of a sound card only'],
  [
    'devices/hostdev/@nostrictreset',
    'unsupported',
    'only the libvirt of Qubes assigns a device that cannot be reset',
  ],
  ...['vendor', 'product'].map((name): UnsupportedRow => [
    `devices/hostdev/source/${name}`,
    'implied',
    'bus and number identify the device',
  ]),
  ...['source/@*', '*'].map((name): UnsupportedRow => [
    `devices/hostdev/${name}`,
    'unsupported',
    'xl cannot set this of a host device',
  ]),
  ...['controller', 'redirdev'].map((name): UnsupportedRow => [
    `devices/${name}/*`,
    'unsupported',
    'xl cannot set this of the device',
  ]),
  // Channels, serial and parallel ports, consoles.
  ...['source/@*', 'source/*', 'source/*/*', 'protocol', 'reconnect', 'target/@*', 'target/model'].map(
    (name): UnsupportedRow => [`devices/*/${name}`, 'unsupported', 'xl.cfg cannot express it'],
  ),
];
