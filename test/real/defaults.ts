/**
 * libxl's defaults. Two configs mean the same if they are equal without the defaults: converting to XML and back
 * makes defaults explicit.
 */
import { at, isRecord, type Json, type JsonObject } from './json.js';
import type { LibxlConfig } from './real-xl.js';

type Defaults = Readonly<Record<string, Json>>;

/** libxl_create.c: libxl__domain_build_info_setdefault and libxl__domain_create_info_setdefault */
const buildInfo: Defaults = {
  max_vcpus: 1,
  avail_vcpus: [0],
  max_memkb: 32 * 1024,
  localtime: 'False',
  acpi: 'True',
  apic: 'True',
  nested_hvm: 'False',
  tsc_mode: 'default',
};
const createInfo: Defaults = { hap: 'True', passthrough: 'disabled' };
const hvm: Defaults = {
  pae: 'True',
  apic: 'True',
  acpi: 'True',
  viridian: 'False',
  hpet: 'True',
  boot: 'cda',
  usb: 'False',
  bios: 'seabios',
  // QEMU runs with -nodefaults
  serial: 'none',
  keymap: '',
};
const pv: Defaults = { e820_host: 'False' };
const vnc: Defaults = { enable: 'True', findunused: 'True', listen: '127.0.0.1' };
const sdl: Defaults = { enable: 'False' };
const spice: Defaults = { enable: 'False', host: '0.0.0.0', vdagent: 'False', clipboard_sharing: 'False' };
const vga: Defaults = { kind: 'cirrus' };
/** libxl_nic.c: libxl__device_nic_setdefault */
const nic: Defaults = { bridge: 'xenbr0', script: 'vif-bridge', nictype: 'vif_ioemu' };

/** @param generated whether xl generated the UUID, which then differs in each run */
export function withoutDefaults(config: LibxlConfig, generated: boolean): LibxlConfig {
  const { c_info, b_info, nics, vfbs, ...rest } = config;
  const info = record(b_info);
  const memory = at(info, 'max_memkb') ?? buildInfo['max_memkb'];
  const isHvm = at(c_info, 'type') === 'hvm';
  const kind = at(info, 'type.hvm', 'vga', 'kind');
  const video_memkb = typeof kind === 'string' ? (videoMemory[kind] ?? cirrusMemory) : cirrusMemory;
  return compact({
    ...rest,
    c_info: leaveOut(generated ? { ...record(c_info), uuid: null } : record(c_info), createInfo),
    b_info: {
      // A guest starts with all of its memory.
      ...leaveOut(info, { ...buildInfo, video_memkb, target_memkb: memory ?? null }),
      ...('type.pv' in info && { 'type.pv': leaveOut(record(info['type.pv']), pv) }),
      ...(isHvm && { 'type.hvm': hvmWithoutDefaults(record(info['type.hvm'])) }),
    },
    nics: list(nics).map((item) => leaveOut(record(item), nic)),
    vfbs: list(vfbs).map((item) => screensWithoutDefaults(record(item))),
  }) as LibxlConfig;
}

/** libxl_create.c: the default memory of each adapter, in KiB */
const videoMemory: Defaults = { none: 0, std: 16 * 1024, qxl: 128 * 1024 };
const cirrusMemory = 8 * 1024;

const hvmWithoutDefaults = (info: JsonObject): JsonObject => ({
  ...leaveOut(screensWithoutDefaults(info), hvm),
  vga: leaveOut(record(info['vga']), vga),
  spice: leaveOut(record(info['spice']), spice),
});

const screensWithoutDefaults = (info: JsonObject): JsonObject => ({
  ...info,
  vnc: leaveOut(record(info['vnc']), vnc),
  sdl: leaveOut(record(info['sdl']), sdl),
});

const record = (value: Json | undefined): JsonObject => (isRecord(value) ? value : {});
const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? (value as Json[]) : []);

const leaveOut = (from: JsonObject, defaults: Defaults): JsonObject =>
  Object.fromEntries(
    Object.entries(from).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(defaults[key])),
  );

/** An empty text, list or object means the same as an absent one; libxl itself omits 0. */
function compact(value: Json): Json {
  if (Array.isArray(value)) return (value as Json[]).map(compact);
  if (!isRecord(value)) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, compact(item)] as const);
  return Object.fromEntries(entries.filter(([key, item]) => !isEmpty(item) || key.startsWith('connection.')));
}

const isEmpty = (value: Json): boolean =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
