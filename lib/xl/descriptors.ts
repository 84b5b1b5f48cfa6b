import type { Domain } from '../model/domain.js';
import { channels } from './channel.js';
import { clock } from './clock.js';
import { usbControllers } from './controller.js';
import { cpu } from './cpu.js';
import type { SettingBlock, SettingRules, XlDescriptor } from './descriptor.js';
import { deviceModelArguments, emulator } from './device-model.js';
import { disks } from './disk.js';
import { features } from './features.js';
import { graphics, spiceSettings } from './graphics.js';
import { hostdevs, usbHostdevSettings } from './hostdev.js';
import { hypervisor, name, uuid } from './identity.js';
import { inputs } from './input.js';
import { interfaces } from './interface.js';
import { preserved } from './preserved.js';
import { lifecycle } from './lifecycle.js';
import { memory } from './memory.js';
import { numa } from './numa.js';
import { os } from './os.js';
import { parallels } from './parallel.js';
import { redirections } from './redirection.js';
import { securityLabel } from './security-label.js';
import { serials } from './serial.js';
import { sleepStates } from './sleep-states.js';
import { smbios } from './smbios.js';
import { sounds } from './sound.js';
import { vcpus } from './vcpus.js';
import { video } from './video.js';
import { vtpms } from './vtpm.js';
import { xenbus } from './xenbus.js';

type AnyDescriptor = { [Field in keyof Domain]-?: XlDescriptor<Field> }[keyof Domain];

/** A list is accepted only if each field of the model has a descriptor in it: `missing` names the others. */
const complete = <const List extends readonly (AnyDescriptor | SettingBlock)[]>(
  list: List & Missing<Exclude<keyof Domain, Extract<List[number], AnyDescriptor>['field']>>,
): List => list;

type Missing<Field> = [Field] extends [never] ? unknown : { readonly missing: Field };

/**
 * Every field of the model, in the order in which libvirt's writer writes its settings (xen_common.c and xen_xl.c
 * of libvirt 11.3); those that libvirt never writes follow. Preserved settings come last.
 */
const list = complete([
  hypervisor,
  name,
  uuid,
  memory,
  vcpus,
  features,
  clock,
  lifecycle,
  emulator,
  graphics,
  interfaces,
  hostdevs,
  parallels,
  serials,
  sounds,
  os,
  cpu,
  numa,
  xenbus,
  disks,
  spiceSettings,
  inputs,
  usbHostdevSettings,
  usbControllers,
  channels,
  deviceModelArguments,
  video,
  redirections,
  vtpms,
  sleepStates,
  smbios,
  securityLabel,
  preserved,
]);

/** How each field of the model is read and written, in output order. */
export const descriptors: readonly XlDescriptor[] = list.filter((block) => 'read' in block);

const byField = new Map(descriptors.map((descriptor) => [descriptor.field, descriptor]));

/** The descriptor of a field: every field has one. */
export function descriptorOf(field: keyof Domain): XlDescriptor {
  const descriptor = byField.get(field);
  if (!descriptor) throw new Error(`no descriptor of '${field}'`);
  return descriptor;
}

/** All settings, in output order. */
export const blocks: readonly (SettingBlock & Pick<XlDescriptor, 'alsoRead'>)[] = list;

const ordered = list.flatMap(({ keys }) => Object.keys(keys));
const places = (keys: readonly string[]): ReadonlyMap<string, number> =>
  new Map(keys.map((key, place) => [key, place]));

/** With SPICE, libvirt turns SDL and VNC off in the SPICE block: there they are listed again. */
const placesWithSpice = places(ordered);
const placesWithoutSpice = new Map([
  ...placesWithSpice,
  ...[...ordered.entries()].toReversed().map(([place, key]) => [key, place] as const),
]);

const owned: ReadonlySet<string> = new Set(descriptors.flatMap((descriptor) => descriptor.owned ?? []));
const placeholders = new Map(
  descriptors.flatMap((descriptor) => Object.entries(descriptor.placeholders ?? {})),
);

export const settingRules: SettingRules = {
  inOutputOrder: (keys) => {
    const order = keys.includes('spice') ? placesWithSpice : placesWithoutSpice;
    const place = (key: string): number => order.get(key) ?? ordered.length;
    return keys.toSorted((a, b) => place(a) - place(b));
  },
  isOwned: (key) => owned.has(key),
  isPlaceholder: (key, value) => placeholders.has(key) && placeholders.get(key) === value,
};
