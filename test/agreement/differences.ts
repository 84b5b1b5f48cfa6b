/**
 * The intended differences from libvirt, by reason. The suite fails if a case differs that is not listed here,
 * differs in other parts, or no longer differs. docs/differences-from-libvirt.md explains each reason under its name.
 */
export interface Difference {
  /** The name of its section in docs/. */
  readonly name: string;
  /** For each case, the settings or elements that differ; `refused` if virt2xen reports an error. */
  readonly cases: Readonly<Record<string, readonly string[] | 'refused'>>;
}

/** The kinds of exceptions to `--profile libvirt`: why the same output would do harm. */
export type Excuse = 'opens the guest' | 'loses data' | 'xl rejects';

/**
 * What libvirt's converter does: it makes the guest more accessible than the document; drops or changes a setting;
 * writes or accepts what xl or libxl rejects.
 */
export const excuses: Readonly<Record<string, readonly [Excuse, ...Excuse[]]>> = {
  access: ['loses data', 'opens the guest'],
  vlans: ['loses data', 'opens the guest'],
  arguments: ['loses data'],
  'block-scripts': ['loses data'],
  'boot-order': ['loses data'],
  'bootloader-args': ['loses data'],
  ceph: ['loses data'],
  'channel-mode': ['loses data'],
  'channel-names': ['loses data'],
  'channel-paths': ['xl rejects'],
  'channel-rules': ['loses data'],
  'cpu-features': ['loses data'],
  'disk-backend': ['xl rejects'],
  'disk-format': ['xl rejects'],
  'disk-names': ['xl rejects'],
  'driver-domains': ['loses data'],
  escapes: ['xl rejects'],
  firmware: ['loses data'],
  'firmware-efi': ['loses data'],
  'host-devices': ['loses data'],
  'host-nodes': ['loses data'],
  'ip-prefix': ['loses data'],
  'libxl-rejects': ['xl rejects'],
  managed: ['loses data'],
  mtu: ['loses data'],
  'other-displays': ['xl rejects'],
  permissive: ['loses data'],
  pinning: ['loses data'],
  redirections: ['loses data'],
  'rtc-offset': ['xl rejects'],
  'several-displays': ['loses data'],
  shareable: ['xl rejects'],
  'state-off': ['loses data'],
  'usb-input': ['loses data'],
  vfb: ['loses data'],
  'vfb-empty': ['opens the guest'],
  'vfb-password': ['loses data', 'opens the guest'],
  'vfb-sdl': ['loses data', 'opens the guest'],
  video: ['loses data'],
  'virtio-channels': ['loses data'],
  'vnc-address': ['xl rejects'],
  'xl-rejects': ['xl rejects'],
  'xl-syntax': ['loses data'],
};

export const toXl: readonly Difference[] = [
  {
    name: 'escapes',
    cases: {
      '012-meta-name-bothquotes': ['name'],
      '107-os-pvh-all': ['cmdline'],
      '108-os-pv-cmdline-newline': ['cmdline', 'two'],
      '109-os-pv-cmdline-backslash': ['cmdline'],
      '142-disk-path-special': ['disk'],
      '148-disk-rbd-hosts': ['disk'],
    },
  },
  { name: 'state-off', cases: { '044-feat-acpi-state-off': ['acpi'] } },
  { name: 'rtc-offset', cases: { '060-clock-hvm-variable': ['rtc_timeoffset'] } },
  {
    name: 'boot-order',
    cases: { '089-os-hvm-boot-device': ['boot'], '090-os-hvm-boot-many': ['boot'] },
  },
  { name: 'pinning', cases: { '039-cputune-pin': ['cpus'] } },
  { name: 'cpu-features', cases: { '119-cpu-host-model': ['cpuid', 'nestedhvm'] } },
  { name: 'firmware-efi', cases: { '096-os-hvm-firmware-efi': ['bios'] } },
  {
    name: 'disk-backend',
    cases: {
      '130-disk-drivers': ['disk'],
      '133-disk-tap-subtype': ['disk'],
      '144-disk-backend-misc': ['disk'],
    },
  },
  {
    name: 'disk-format',
    cases: {
      '131-disk-formats': ['disk'],
      '132-disk-format-unknown': 'refused',
    },
  },
  { name: 'shareable', cases: { '134-disk-access': ['disk'] } },
  { name: 'disk-names', cases: { '141-disk-buses': ['disk'] } },
  { name: 'ceph', cases: { '149-disk-rbd-auth': ['disk'] } },
  { name: 'ip-prefix', cases: { '160-net-bridge-script-ip': ['vif'] } },
  { name: 'driver-domains', cases: { '173-net-misc-dropped': ['vif'] } },
  { name: 'mtu', cases: { '173-net-misc-dropped': ['vif'] } },
  { name: 'vlans', cases: { '172-net-vlan-noovs': 'refused' } },
  {
    name: 'access',
    cases: {
      '193-gfx-vnc-extras': ['sdl', 'vnc', 'vncpasswd', 'vncunused'],
      '194-gfx-vnc-socket': ['vnclisten', 'vncunused'],
      '206-gfx-spice-extras': [
        'sdl',
        'spice',
        'spicedisable_ticketing',
        'spicehost',
        'spiceport',
        'spicetls_port',
        'vnc',
      ],
    },
  },
  {
    name: 'vnc-address',
    cases: { '193-gfx-vnc-extras': ['vncdisplay', 'vnclisten'], '196-gfx-vnc-lowport': 'refused' },
  },
  { name: 'vfb-password', cases: { '200-gfx-pv-vnc-comma': 'refused' } },
  { name: 'vfb-sdl', cases: { '201-gfx-pv-sdl': ['vfb'] } },
  { name: 'managed', cases: { '182-hostdev-pci': ['pci'] } },
  {
    name: 'host-devices',
    cases: {
      '187-hostdev-usb-vendor': 'refused',
      '188-hostdev-mdev': 'refused',
      '189-hostdev-scsi': 'refused',
    },
  },
  {
    name: 'several-displays',
    cases: {
      '208-gfx-two-vnc-first': ['display', 'sdl', 'vnc', 'vncdisplay', 'vnclisten', 'vncunused'],
      '209-gfx-two-spice-first': ['vnc', 'vncdisplay', 'vnclisten', 'vncunused'],
    },
  },
  {
    name: 'other-displays',
    cases: {
      '210-gfx-rdp': ['sdl', 'vnc', 'vncdisplay', 'vnclisten', 'vncunused'],
      '211-gfx-egl': ['sdl', 'vnc', 'vncdisplay', 'vncunused'],
    },
  },
  { name: 'video', cases: { '213-video-qxl': ['vga'], '214-video-none': ['vga'] } },
  {
    name: 'channel-paths',
    cases: { '263-channel-xen-unix-nopath': ['channel'], '264-channel-xen-unix-nosource': ['channel'] },
  },
  {
    name: 'channel-names',
    cases: {
      '266-channel-xen-name-special': 'refused',
    },
  },
  { name: 'channel-mode', cases: { '262-channel-xen-unix-connect': 'refused' } },
  {
    name: 'virtio-channels',
    cases: {
      '277-channel-virtio': 'refused',
      '278-channel-virtio-pv': ['channel'],
      '279-channel-guestfwd': 'refused',
    },
  },
  { name: 'libxl-rejects', cases: { '124-numa-pv-numatune': ['vnuma'] } },
];

export const toXml: readonly Difference[] = [
  {
    name: 'xl-syntax',
    cases: {
      '034-syntax-key-case': 'refused',
      '035-syntax-duplicate-key': ['vcpu'],
      '036-syntax-backslash': 'refused',
      '044-syntax-list-ints': 'refused',
      '048-meta-name-xmlchars': 'refused',
    },
  },
  {
    name: 'xl-rejects',
    cases: {
      '003-syntax-comments': 'refused',
      '059-type-over-builder': 'refused',
      '062-type-int': 'refused',
      '071-vcpu-max-below': 'refused',
      '097-tsc-turbo': 'refused',
      '105-passthrough-unknown': 'refused',
      '106-passthrough-xl-unknown': 'refused',
      '147-os-device-model-args-string': 'refused',
      '229-usbdev-noeq': 'refused',
      '299-keys-ignored-pv': 'refused',
    },
  },
  { name: 'block-scripts', cases: { '170-disk-block-scripts': ['disk', 'host', 'source'] } },
  { name: 'arguments', cases: { '146-os-device-model-args': ['xen:arg'] } },
  { name: 'permissive', cases: { '226-pci-permissive-key': ['source'] } },
  { name: 'usb-input', cases: { '233-usbdevice-list': ['input'] } },
  { name: 'redirections', cases: { '246-gfx-spice': ['redirdev'] } },
  { name: 'firmware', cases: { '127-os-firmware-key': ['loader'] } },
  { name: 'host-nodes', cases: { '149-vnuma-nodist': ['memnode', 'numatune'] } },
  { name: 'bootloader-args', cases: { '141-os-bootloader-args-key': ['bootloader'] } },
  {
    name: 'driver-domains',
    cases: { '169-disk-script': ['backenddomain'], '203-vif-vifname': ['backenddomain', 'mtu'] },
  },
  { name: 'mtu', cases: { '203-vif-vifname': ['backenddomain', 'mtu'] } },
  { name: 'ceph', cases: { '175-disk-rbd-auth': ['secret'] } },
  { name: 'video', cases: { '241-gfx-vnc-console': ['model'] } },
  {
    name: 'several-displays',
    cases: {
      '244-gfx-vnc-sdl': ['graphics'],
      '249-gfx-vnc-spice': ['graphics', 'listen'],
    },
  },
  {
    name: 'vfb',
    cases: {
      '250-gfx-spice-pv': ['graphics', 'listen', 'model', 'video'],
    },
  },
  { name: 'vfb-sdl', cases: { '254-vfb-sdl': ['graphics', 'listen'] } },
  { name: 'vfb-empty', cases: { '259-vfb-empty': ['graphics', 'listen', 'model', 'video'] } },
  {
    name: 'channel-rules',
    cases: {
      '283-channel-socket-nopath': 'refused',
      '284-channel-dup-keys': ['source', 'target'],
      '285-channel-prefix': 'refused',
      '287-channel-noeq': 'refused',
      '291-channel-empty': 'refused',
    },
  },
];
