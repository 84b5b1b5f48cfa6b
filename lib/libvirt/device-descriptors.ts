import type { Domain } from '../model/domain.js';
import { channels } from './channel.js';
import { usbControllers } from './controller.js';
import type { DeviceDescriptor, DeviceField } from './descriptor.js';
import type { DeviceReader } from './device-reader.js';
import { disks } from './disk.js';
import { emulator } from './emulator.js';
import { graphics } from './graphics.js';
import { hostdevs } from './hostdev.js';
import { inputs } from './input.js';
import { interfaces } from './interface.js';
import { parallels } from './parallel.js';
import { redirections } from './redirection.js';
import { consoles, serials } from './serial.js';
import { sounds } from './sound.js';
import { video } from './video.js';
import { xenbus } from './xenbus.js';

/** Every device of the model; a field without a descriptor does not compile. */
const byField: { readonly [Field in DeviceField]: DeviceDescriptor<Field> } = {
  emulator,
  disks,
  xenbus,
  usbControllers,
  interfaces,
  serials,
  parallels,
  channels,
  inputs,
  graphics,
  sounds,
  video,
  hostdevs,
  redirections,
};

/** In the order of libvirt's own output, which is the order of reading, too. <console> shows a serial port again. */
export const deviceDescriptors = Object.values(byField).flatMap((descriptor) =>
  descriptor.field === 'parallels' ? [descriptor, consoles] : [descriptor],
);

/** Reads all devices. */
export function readDevices(devices: DeviceReader): Pick<Domain, DeviceField> {
  for (const { field, read } of Object.values(byField)) {
    const value = read(devices);
    if (value !== undefined) Object.assign(devices.found, { [field]: value });
  }
  // Each descriptor has given its field, but for those that may be absent.
  return devices.found as Pick<Domain, DeviceField>;
}
