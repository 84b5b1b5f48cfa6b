import type { Report } from '../diagnostics/diagnostic.js';
import { derive } from '../diagnostics/origin.js';
import type { BootDevice, Os } from '../model/os.js';
import { isHostdevInterface } from './hostdev.js';
import type { XmlElement } from './xml/element.js';

/** Without <os><boot>, the devices' own <boot order> determines the boot order. */
export function orderBoot(os: Os, devices: readonly XmlElement[], report: Report): Os {
  if (os.type !== 'hvm' || os.boot.length > 0) return os;
  const ordered = devices.flatMap((device): readonly (readonly [number, BootDevice])[] => {
    const kind = bootDeviceOf(device);
    const order = kind && device.child('boot')?.attribute('order');
    return kind && order !== undefined && /^[0-9]{1,5}$/.test(order) ? [[Number(order), kind]] : [];
  });
  if (ordered.length === 0) return os;
  checkFirstDisk(devices, report);
  const boot = [...new Set(ordered.toSorted((a, b) => a[0] - b[0]).map(([, kind]) => kind))];
  return derive(os, { boot });
}

/** xl boots from the first disk, and cannot select another one. */
function checkFirstDisk(devices: readonly XmlElement[], report: Report): void {
  const disks = devices.filter((device) => bootDeviceOf(device) === 'disk');
  const orders = disks.map((disk) =>
    Number(disk.child('boot')?.attribute('order') ?? Number.POSITIVE_INFINITY),
  );
  const [first, lowest] = [orders[0], Math.min(...orders)];
  if (first === undefined || first <= lowest) return;
  const wanted = disks[orders.indexOf(lowest)];
  const message = 'this disk should be booted first, but xl boots from the first disk in the list';
  report.add('unsupported', message, wanted?.tagSpan, 'put it before the other disks');
}

function bootDeviceOf(device: XmlElement): BootDevice | undefined {
  if (device.name === 'interface') return isHostdevInterface(device) ? undefined : 'network';
  if (device.name !== 'disk') return undefined;
  return device.attribute('device') === 'cdrom' ? 'cdrom' : 'disk';
}
