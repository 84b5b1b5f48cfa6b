/**
 * A domain of the model in libxl's terms: the part of libxl_domain_config that it determines. Written from
 * libxl_types.idl and xl.cfg(5), not from lib/xl, so that each checks the other.
 */
import type { Domain, FormatOptions, Lifecycle, Video } from '../../lib/index.js';
import { isArm } from '../../lib/model/architecture.js';
import type { Json, JsonObject } from './json.js';
import { pciDevicesOf, soundOf, usbControllersOf, usbDevicesOf } from './meaning-hostdevs.js';
import { channelsOf, disksOf, framebuffersOf, nicsOf, serialOf, vtpmsOf } from './meaning-devices.js';
import { displaysOf } from './meaning-displays.js';
import { cpuidOf, numaOf, viridianOf } from './meaning-platform.js';

/** libxl_defbool: absent is libxl's default. */
const defbool = (value: boolean | undefined): Json => (value === undefined ? null : value ? 'True' : 'False');

const MiB = 1024;

/**
 * @param domain already converted to Xen
 * @returns what xl must print for it; null is what xl must omit, because it is the default
 */
export function meaningOf(domain: Domain, options: FormatOptions = {}): JsonObject {
  const { os, lifecycle } = domain;
  const meant: JsonObject = {
    c_info: {
      type: os.type,
      name: domain.name,
      // xl generates one if it is absent.
      ...(domain.uuid !== undefined && { uuid: domain.uuid }),
      passthrough: domain.features.passthrough ?? null,
      ssid_label: domain.securityLabel?.label ?? null,
      hap: os.type === 'hvm' && domain.features.hap !== undefined ? defbool(domain.features.hap) : null,
    },
    b_info: buildInfoOf(domain),
    disks: orAbsent(disksOf(domain)),
    nics: orAbsent(nicsOf(domain, options)),
    channels: orAbsent(channelsOf(domain, options)),
    vfbs: orAbsent(framebuffersOf(domain)),
    pcidevs: orAbsent(pciDevicesOf(domain)),
    usbdevs: orAbsent(usbDevicesOf(domain)),
    usbctrls: orAbsent(usbControllersOf(domain)),
    vtpms: orAbsent(vtpmsOf(domain)),
    on_poweroff: actionOf(lifecycle.poweroff),
    on_reboot: actionOf(lifecycle.reboot),
    on_crash: actionOf(lifecycle.crash),
  };
  return domain.preserved.settings.reduce((rest, { key }) => without(rest, places[key] ?? []), meant);
}

/** The ports that virt2xen adds follow its controller, and are in the list of HVM guests. */
function argumentsOf({ deviceModelArguments: args }: Domain): JsonObject {
  const controller = args.findIndex((arg) => arg.startsWith('virtio-serial-pci,id=virt2xen-serial,'));
  const own = controller < 0 ? args.length : controller - 1;
  return { extra: orAbsent(args.slice(0, own)), extra_hvm: orAbsent(args.slice(own)) };
}

function buildInfoOf(domain: Domain): JsonObject {
  const { os, memory, vcpus, clock, features } = domain;
  const isHvm = os.type === 'hvm';
  const { tscMode = 'default' } = clock;
  return {
    max_memkb: Math.ceil(memory.maximumKiB / MiB) * MiB,
    target_memkb: Math.ceil(memory.currentKiB / MiB) * MiB,
    ...numaOf(domain),
    max_vcpus: vcpus.maximum,
    avail_vcpus: Array.from({ length: vcpus.online }, (_, cpu) => cpu),
    vcpu_hard_affinity: affinityOf(vcpus),
    kernel: os.kernel ?? null,
    ramdisk: os.initrd ?? null,
    cmdline: os.cmdline ?? null,
    bootloader: (isHvm ? undefined : os.bootloader) ?? null,
    bootloader_args: orAbsent(isHvm ? [] : (os.bootloaderArgs ?? [])),
    device_model: domain.emulator ?? null,
    ...argumentsOf(domain),
    localtime: defbool(clock.basis === 'localtime'),
    // A uint32_t, although offsets can be negative.
    rtc_timeoffset: clock.offsetSeconds >>> 0 || null,
    tsc_mode: tscMode === 'default' ? null : tscMode,
    event_channels: domain.xenbus?.maxEventChannels ?? null,
    max_grant_frames: domain.xenbus?.maxGrantFrames ?? null,
    nested_hvm: isHvm && domain.cpu ? defbool(domain.cpu.nested ?? false) : null,
    ...cpuidOf(domain),
    acpi: isHvm ? defbool(features.acpi ?? false) : os.type === 'pvh' && features.acpi ? 'True' : null,
    apic: isHvm ? defbool(features.apic ?? false) : null,
    video_memkb: (isHvm && (domain.video?.memoryMiB ?? 0) * MiB) || null,
    // An Arm guest has one serial port.
    ...(isArm(os.architecture) && domain.serials.length > 0 && { arch_arm: { vuart: 'sbsa_uart' } }),
    ...(os.type === 'hvm' && { 'type.hvm': hvmOf(domain) }),
    ...(os.type === 'pv' && {
      // Passthrough requires the host's memory map (xl_parse.c).
      'type.pv': { e820_host: features.e820Host || pciDevicesOf(domain).length > 0 ? 'True' : null },
    }),
  };
}

/** The CPUs of each virtual CPU up to the last pinned one, or of all if there is a default; the host has 64 CPUs. */
function affinityOf({ affinity, pins, maximum }: Domain['vcpus']): Json {
  if (!pins) {
    return affinity === undefined ? null : Array.from({ length: maximum }, () => cpusOf(affinity));
  }
  const count = affinity === undefined ? (pins.at(-1)?.vcpu ?? 0) + 1 : maximum;
  const everywhere = Array.from({ length: 64 }, (_, cpu) => cpu);
  return Array.from({ length: count }, (_, vcpu) => {
    const cpus = pins.find((pin) => pin.vcpu === vcpu)?.cpus ?? affinity;
    return cpus === undefined ? everywhere : cpusOf(cpus);
  });
}

/** The numbers in a normalised list such as `0-3,8`. */
const cpusOf = (list: string): readonly number[] =>
  list.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });

const letters = { disk: 'c', cdrom: 'd', network: 'n', floppy: 'a' } as const;
const vgaKinds: Readonly<Record<Video['model'], Json>> = {
  cirrus: null,
  stdvga: 'std',
  qxl: 'qxl',
  none: 'none',
};

function hvmOf(domain: Domain): JsonObject {
  const { os, features, clock, inputs } = domain;
  if (os.type !== 'hvm') return {};
  const [first, second] = inputs;
  return {
    pae: 'True',
    ...viridianOf(features.viridian ?? false),
    hpet: defbool(clock.hpet),
    // Also libvirt's default; libxl's default continues with CD-ROM and floppy.
    boot: os.boot.map((device) => letters[device]).join('') || 'c',
    acpi_firmware: os.acpiTables ?? null,
    bios: os.firmware?.kind ?? null,
    system_firmware: os.firmware?.path ?? null,
    vga: { kind: domain.video ? vgaKinds[domain.video.model] : null },
    ...displaysOf(domain.graphics, first ? 0 : domain.redirections.length),
    ...serialOf(domain.serials),
    soundhw: soundOf(domain),
    usb: first ? 'True' : null,
    usbdevice: first && !second ? first.type : null,
    usbdevice_list: second ? inputs.map(({ type }) => type) : null,
  };
}

/** libxl's default, which its JSON omits, is destroy for all events; xl's default for reboot is restart. */
const actionOf = (action: Lifecycle[keyof Lifecycle]): Json =>
  action === 'destroy' ? null : action === 'rename-restart' ? 'restart_rename' : action.replaceAll('-', '_');

const orAbsent = (list: readonly Json[]): Json => (list.length > 0 ? list : null);

/** The paths that preserved settings of xl have in libxl's JSON. */
const places: Readonly<Record<string, readonly string[]>> = {
  pae: ['b_info', 'type.hvm', 'pae'],
  viridian: ['b_info', 'type.hvm', 'viridian'],
  vnc: ['b_info', 'type.hvm', 'vnc'],
  bios: ['b_info', 'type.hvm', 'bios'],
  serial: ['b_info', 'type.hvm', 'serial'],
  usb: ['b_info', 'type.hvm', 'usb'],
  cpus: ['b_info', 'vcpu_hard_affinity'],
  cpuid: ['b_info', 'cpuid'],
  acpi: ['b_info', 'acpi'],
  init_seclabel: ['c_info', 'ssid_label'],
  bootloader: ['b_info', 'bootloader'],
  bootloader_args: ['b_info', 'bootloader_args'],
  on_poweroff: ['on_poweroff'],
  on_reboot: ['on_reboot'],
  on_crash: ['on_crash'],
};

function without(from: JsonObject, [key, ...rest]: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(from).flatMap(([name, value]): readonly [string, Json][] => {
      if (name !== key) return [[name, value]];
      return rest.length > 0 ? [[name, without(value as JsonObject, rest)]] : [];
    }),
  );
}
