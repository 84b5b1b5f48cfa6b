import { everyAddress, loopback } from './graphics.js';
import { defaultBridge } from './interface.js';

/** What it means that a guest's document does not say something, in each format. */
export interface Default {
  /** The kind of guest; absent: HVM. KVM's guests are HVM alone. */
  readonly guest?: 'pv' | 'pvh';
  /** The setting of xl.cfg, or its parameter. */
  readonly key: string;
  /** Its counterpart below `<domain>`. */
  readonly element: string;
  /** What xl and libxl do without the setting (xl_parse.c, libxl_create.c, libxl_dm.c, libxl_nic.c). */
  readonly xl: string;
  /** What libvirt's Xen driver does without the element (libxl_conf.c, domain_conf.c). */
  readonly libvirtXen: string;
  /** What libvirt's QEMU driver does without the element (domain_conf.c, domain_postparse.c, qemu_command.c). */
  readonly kvm: string;
  /** What else the documents must contain for the default to matter. */
  readonly beside?: { readonly xml: string; readonly xl: string };
  /** The value that is written to an xl.cfg for XML without the element; absent: none. */
  readonly written?: { readonly xen?: string; readonly kvm?: string };
  /** What is written to XML for an xl.cfg without the setting; absent: nothing. */
  readonly shown?: string;
  /** Where it is an error that the document does not say it: Xen's default would make a guest more reachable. */
  readonly refusedFrom?: 'kvm';
  /** The setting with xl's default value, if it fits on one line. */
  readonly same?: string;
}

const both = (value: string): NonNullable<Default['written']> => ({ xen: value, kvm: value });

const vnc = { xml: `<graphics type='vnc'/>`, xl: 'vnc = 1\n' };
const spice = {
  xml: `<graphics type='spice' autoport='yes'/>`,
  xl: 'spice = 1\nspiceport = 5900\nspicedisable_ticketing = 1\n',
};

/** KVM has no such guests. */
const none = '–';

/** What does not depend on the kind of guest but in how a document shows it. */
const ofEvery = (guest: 'pv' | 'pvh'): readonly Default[] => [
  {
    guest,
    key: 'vcpus',
    element: 'vcpu/@current',
    xl: '1',
    libvirtXen: 'all',
    kvm: none,
    written: { xen: '1' },
    same: 'vcpus = 1',
  },
  {
    guest,
    key: 'maxvcpus',
    element: 'vcpu',
    xl: 'vcpus',
    libvirtXen: '1',
    kvm: none,
    shown: `<vcpu placement='static'>1</vcpu>`,
    same: 'maxvcpus = 1',
  },
  {
    guest,
    key: 'localtime',
    element: 'clock/@offset',
    xl: 'UTC',
    libvirtXen: 'UTC',
    kvm: none,
    written: { xen: '0' },
    shown: `<clock offset='utc'`,
    same: 'localtime = 0',
  },
  ...(['poweroff', 'reboot', 'crash'] as const).map((event): Default => {
    const action = event === 'reboot' ? 'restart' : 'destroy';
    return {
      guest,
      key: `on_${event}`,
      element: `on_${event}`,
      xl: action,
      libvirtXen: action,
      kvm: none,
      written: { xen: `"${action}"` },
      shown: `<on_${event}>${action}<`,
      same: `on_${event} = "${action}"`,
    };
  }),
  {
    guest,
    key: 'vif: bridge',
    element: 'devices/interface',
    xl: defaultBridge,
    libvirtXen: `${defaultBridge} for type ethernet`,
    kvm: none,
    beside: { xml: `<interface type='ethernet'/>`, xl: 'vif = [ "" ]\n' },
    shown: `<interface type='ethernet'`,
  },
];

/**
 * Every key and element whose absence can have different meanings in the formats. docs/defaults.md is generated
 * from it.
 */
export const defaults: readonly Default[] = [
  {
    key: 'vnc',
    element: 'devices/graphics',
    xl: 'on',
    libvirtXen: 'off',
    kvm: 'off',
    written: both('0'),
    shown: `<graphics type='vnc'`,
    same: 'vnc = 1',
  },
  {
    key: 'vnclisten',
    element: 'devices/graphics/@listen',
    xl: loopback,
    libvirtXen: loopback,
    kvm: `${loopback} (qemu.conf: vnc_listen)`,
    beside: vnc,
    written: both(`"${loopback}"`),
    shown: `listen='${loopback}'`,
    same: `vnclisten = "${loopback}"`,
  },
  {
    key: 'vncunused',
    element: 'devices/graphics/@autoport',
    xl: 'the next free display',
    libvirtXen: 'the next free port',
    kvm: 'the next free port',
    beside: vnc,
    written: both('1'),
    shown: `autoport='yes'`,
    same: 'vncunused = 1',
  },
  {
    key: 'vncpasswd',
    element: 'devices/graphics/@passwd',
    xl: 'no password',
    libvirtXen: 'no password',
    kvm: 'no password (qemu.conf: vnc_password)',
    beside: vnc,
  },
  { key: 'spice', element: 'devices/graphics', xl: 'off', libvirtXen: 'off', kvm: 'off', same: 'spice = 0' },
  {
    key: 'spicehost',
    element: 'devices/graphics/@listen',
    xl: `every address (${everyAddress})`,
    libvirtXen: loopback,
    kvm: `${loopback} (qemu.conf: spice_listen)`,
    beside: spice,
    written: both(`"${loopback}"`),
    shown: `listen='${everyAddress}'`,
  },
  {
    key: 'spicepasswd',
    element: 'devices/graphics/@passwd',
    xl: 'rejected, unless spicedisable_ticketing = 1',
    libvirtXen: 'no password',
    kvm: 'no password (qemu.conf: spice_password)',
    beside: spice,
  },
  {
    key: 'spicevdagent',
    element: 'devices/channel',
    xl: 'off',
    libvirtXen: 'off',
    kvm: 'off',
    beside: spice,
    same: 'spicevdagent = 0',
  },
  { key: 'sdl', element: 'devices/graphics', xl: 'off', libvirtXen: 'off', kvm: 'off', same: 'sdl = 0' },
  {
    key: 'vcpus',
    element: 'vcpu/@current',
    xl: '1',
    libvirtXen: 'all',
    kvm: 'all',
    written: both('1'),
    same: 'vcpus = 1',
  },
  {
    key: 'maxvcpus',
    element: 'vcpu',
    xl: 'vcpus',
    libvirtXen: '1',
    kvm: '1',
    shown: `<vcpu placement='static'>1</vcpu>`,
    same: 'maxvcpus = 1',
  },
  {
    key: 'acpi',
    element: 'features/acpi',
    xl: 'on',
    libvirtXen: 'off',
    kvm: 'off',
    written: both('0'),
    shown: '<acpi/>',
    same: 'acpi = 1',
  },
  {
    key: 'apic',
    element: 'features/apic',
    xl: 'on',
    libvirtXen: 'off',
    kvm: 'on',
    written: { xen: '0', kvm: '1' },
    shown: '<apic/>',
    same: 'apic = 1',
  },
  {
    key: 'pae',
    element: 'features/pae',
    xl: 'on',
    libvirtXen: 'on (64-bit)',
    kvm: 'on',
    written: both('1'),
    shown: '<pae/>',
    same: 'pae = 1',
  },
  { key: 'hap', element: 'features/hap', xl: 'on', libvirtXen: 'on', kvm: 'on', same: 'hap = 1' },
  {
    key: 'viridian',
    element: 'features/viridian',
    xl: 'off',
    libvirtXen: 'off',
    kvm: 'off',
    written: both('0'),
    same: 'viridian = 0',
  },
  {
    key: 'vga',
    element: 'devices/video',
    xl: 'cirrus',
    libvirtXen: 'cirrus beside a display',
    kvm: 'an adapter beside a display',
    same: 'vga = "cirrus"',
  },
  {
    key: 'localtime',
    element: 'clock/@offset',
    xl: 'UTC',
    libvirtXen: 'UTC',
    kvm: 'UTC',
    written: both('0'),
    shown: `basis='utc'`,
    same: 'localtime = 0',
  },
  {
    key: 'on_poweroff',
    element: 'on_poweroff',
    xl: 'destroy',
    libvirtXen: 'destroy',
    kvm: 'destroy',
    written: both('"destroy"'),
    shown: '<on_poweroff>destroy<',
    same: 'on_poweroff = "destroy"',
  },
  {
    key: 'on_reboot',
    element: 'on_reboot',
    xl: 'restart',
    libvirtXen: 'restart',
    kvm: 'restart',
    written: both('"restart"'),
    shown: '<on_reboot>restart<',
    same: 'on_reboot = "restart"',
  },
  {
    key: 'on_crash',
    element: 'on_crash',
    xl: 'destroy',
    libvirtXen: 'destroy',
    kvm: 'destroy',
    written: both('"destroy"'),
    shown: '<on_crash>destroy<',
    same: 'on_crash = "destroy"',
  },
  {
    key: 'boot',
    element: 'os/boot',
    xl: 'disk, CD-ROM, floppy',
    libvirtXen: 'disk',
    kvm: 'disk',
    written: both('"c"'),
    shown: `<boot dev='hd'/>`,
    same: 'boot = "cda"',
  },
  {
    key: 'vif: bridge',
    element: 'devices/interface',
    xl: defaultBridge,
    libvirtXen: `${defaultBridge} for type ethernet`,
    kvm: 'not connected for type ethernet, and rejected here',
    refusedFrom: 'kvm',
    beside: { xml: `<interface type='ethernet'/>`, xl: 'vif = [ "" ]\n' },
    shown: `<interface type='ethernet'`,
  },
  {
    key: 'ms_vm_genid',
    element: 'genid',
    xl: 'none',
    libvirtXen: 'none',
    kvm: 'none',
    same: 'ms_vm_genid = "none"',
  },
  {
    key: 'disk: discard',
    element: 'devices/disk/driver/@discard',
    xl: 'on, if it can be written to',
    libvirtXen: 'on, if it can be written to',
    kvm: 'off',
  },
  ...ofEvery('pv'),
  {
    guest: 'pv',
    key: 'vfb',
    element: 'devices/graphics',
    xl: 'no display',
    libvirtXen: 'no display',
    kvm: none,
    same: 'vnc = 0',
  },
  {
    guest: 'pv',
    key: 'vfb: vnc',
    element: 'devices/graphics/@type',
    xl: 'on',
    libvirtXen: 'rejected',
    kvm: none,
    beside: { xml: '', xl: 'vfb = [ "sdl=0" ]\n' },
    shown: `<graphics type='vnc'`,
  },
  {
    guest: 'pv',
    key: 'vfb: vnclisten',
    element: 'devices/graphics/@listen',
    xl: loopback,
    libvirtXen: loopback,
    kvm: none,
    beside: { xml: '', xl: 'vfb = [ "vnc=1" ]\n' },
    shown: `listen='${loopback}'`,
  },
  {
    guest: 'pv',
    key: 'e820_host',
    element: 'features/xen/e820_host',
    xl: 'off',
    libvirtXen: 'off',
    kvm: none,
    same: 'e820_host = 0',
  },
  {
    guest: 'pv',
    key: 'nestedhvm',
    element: 'cpu/@mode',
    xl: 'off',
    libvirtXen: 'off',
    kvm: none,
  },
  ...ofEvery('pvh'),
  {
    guest: 'pvh',
    key: 'acpi',
    element: 'features/acpi',
    xl: 'on (off on Arm)',
    libvirtXen: 'on (off on Arm)',
    kvm: none,
    same: 'acpi = 1',
  },
  {
    guest: 'pvh',
    key: 'hap',
    element: 'features/hap',
    xl: 'on',
    libvirtXen: 'on',
    kvm: none,
    same: 'hap = 1',
  },
  {
    guest: 'pvh',
    key: 'vnc',
    element: 'devices/graphics',
    xl: 'no display',
    libvirtXen: 'no display',
    kvm: none,
    same: 'vnc = 0',
  },
  {
    guest: 'pvh',
    key: 'pvshim',
    element: 'os/type',
    xl: 'off',
    libvirtXen: 'off',
    kvm: none,
  },
];
