import { derive } from '../diagnostics/origin.js';
import type { BootDevice, Os } from '../model/os.js';
import { isHostdevInterface } from './hostdev.js';
import type { XmlElement } from './xml/element.js';

/** Without <os><boot>, the devices' own <boot order> says what is tried in which order. */
export function orderBoot(os: Os, devices: readonly XmlElement[]): Os {
  if (os.type !== 'hvm' || os.boot.length > 0) return os;
  const ordered = devices.flatMap((device): readonly (readonly [number, BootDevice])[] => {
    const kind = bootDeviceOf(device);
    const order = kind && device.child('boot')?.attribute('order');
    return kind && order !== undefined && /^[0-9]{1,5}$/.test(order) ? [[Number(order), kind]] : [];
  });
  if (ordered.length === 0) return os;
  const bootDisk = bootDiskOf(devices);
  const boot = [...new Set(ordered.toSorted((a, b) => a[0] - b[0]).map(([, kind]) => kind))];
  return derive(os, { boot, bootDisk });
}

/** Of several hard disks the one with the lowest number; nothing if none has one. */
function bootDiskOf(devices: readonly XmlElement[]): string | undefined {
  const disks = devices.filter((device) => bootDeviceOf(device) === 'disk');
  if (disks.length < 2) return undefined;
  let [first, lowest]: [XmlElement | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const disk of disks) {
    const order = Number(disk.child('boot')?.attribute('order') ?? NaN);
    if (order < lowest) [first, lowest] = [disk, order];
  }
  return first?.peekChild('target')?.peek('dev');
}

function bootDeviceOf(device: XmlElement): BootDevice | undefined {
  if (device.name === 'interface') return isHostdevInterface(device) ? undefined : 'network';
  if (device.name !== 'disk') return undefined;
  return device.attribute('device') === 'cdrom' ? 'cdrom' : 'disk';
}
