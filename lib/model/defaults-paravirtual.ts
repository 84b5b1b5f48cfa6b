import type { Default } from './default.js';
import { loopback } from './graphics.js';
import { defaultBridge } from './interface.js';

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

/** Those of PV and PVH guests. */
export const paravirtualDefaults: readonly Default[] = [
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
  {
    guest: 'pv',
    key: 'bootloader',
    element: 'bootloader',
    xl: 'none: rejected without kernel',
    libvirtXen: 'pygrub, without a kernel',
    kvm: none,
    without: '<kernel>/boot/vmlinuz</kernel>',
    written: { xen: '"pygrub"' },
  },
  ...ofEvery('pvh'),
  {
    guest: 'pvh',
    key: 'acpi',
    element: 'features/acpi',
    xl: 'on, whatever it is set to (off on Arm)',
    libvirtXen: 'on, whatever it is set to (off on Arm)',
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
