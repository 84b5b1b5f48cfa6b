import type { Domain } from '../model/domain.js';
import { channels } from './channel.js';
import { clock } from './clock.js';
import { deviceModelArguments } from './commandline.js';
import { usbControllers } from './controller.js';
import { cpu } from './cpu.js';
import type { XmlBlock, XmlDescriptor } from './descriptor.js';
import { disks } from './disk.js';
import { emulator } from './emulator.js';
import { features } from './features.js';
import { graphics } from './graphics.js';
import { hostdevs } from './hostdev.js';
import { generationId, hypervisor, name, uuid } from './identity.js';
import { inputs } from './input.js';
import { interfaces } from './interface.js';
import { preserved } from './preserved.js';
import { lifecycle } from './lifecycle.js';
import { memory } from './memory.js';
import { metadata } from './metadata.js';
import { numa } from './numa.js';
import { os } from './os.js';
import { parallels } from './parallel.js';
import { redirections } from './redirection.js';
import { securityLabel } from './security-label.js';
import { consoles, serials } from './serial.js';
import { sleepStates } from './sleep-states.js';
import { smbios } from './smbios.js';
import { sounds } from './sound.js';
import { vcpuPins, vcpus } from './vcpus.js';
import { video } from './video.js';
import { vtpms } from './vtpm.js';
import { xenbus } from './xenbus.js';

type AnyDescriptor = { [Field in keyof Domain]-?: XmlDescriptor<Field> }[keyof Domain];

/** A list is accepted only if it contains a descriptor for each field of the model: `missing` names the others. */
const complete = <const List extends readonly (AnyDescriptor | XmlBlock)[]>(
  list: List & Missing<Exclude<keyof Domain, Extract<List[number], AnyDescriptor>['field']>>,
): List => list;

type Missing<Field> = [Field] extends [never] ? unknown : { readonly missing: Field };

/** Every field of the model, in the order of libvirt's own output (docs/formatdomain; domain_conf.c). */
const list = complete([
  hypervisor,
  name,
  uuid,
  generationId,
  metadata,
  memory,
  vcpus,
  vcpuPins,
  numa,
  smbios,
  os,
  features,
  cpu,
  clock,
  lifecycle,
  sleepStates,
  emulator,
  disks,
  xenbus,
  usbControllers,
  interfaces,
  serials,
  parallels,
  consoles,
  channels,
  inputs,
  graphics,
  sounds,
  video,
  hostdevs,
  redirections,
  securityLabel,
  deviceModelArguments,
  vtpms,
  preserved,
]);

/** All elements in output order. */
export const blocks: readonly XmlBlock[] = list;

/** How each field of the model is read and written, in output order. */
export const descriptors: readonly XmlDescriptor[] = list.filter((block) => 'read' in block);

const byField = new Map(descriptors.map((descriptor) => [descriptor.field, descriptor]));

/** The descriptor of a field: every field has one. */
export function descriptorOf(field: keyof Domain): XmlDescriptor {
  const descriptor = byField.get(field);
  if (!descriptor) throw new Error(`no descriptor of '${field}'`);
  return descriptor;
}
