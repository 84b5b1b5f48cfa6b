import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { Span } from '../diagnostics/span.js';
import type { Channel } from '../model/channel.js';
import type { Disk } from '../model/disk.js';
import type { Graphics, Video } from '../model/graphics.js';
import type { Input } from '../model/input.js';
import type { Interface } from '../model/interface.js';
import type { BootDevice, Os } from '../model/os.js';
import type { Serial } from '../model/serial.js';
import type { Xenbus } from '../model/xenbus.js';
import { readChannel } from './channel.js';
import { readController } from './controller.js';
import { readDisk } from './disk.js';
import { readGraphics } from './graphics.js';
import { readInput } from './input.js';
import { readInterface } from './interface.js';
import type { KeptFromXl } from './metadata.js';
import { isSerial, readConsole, readSerial } from './serial.js';
import { readVideo } from './video.js';
import { readXenbus } from './xenbus.js';
import type { XmlElement } from './xml/element.js';

/** Reads <devices>, of which there may be several, in the order of the document. */
export class Devices {
  os: Os;
  emulator: string | undefined;
  emulatorSpan: Span | undefined;
  readonly disks: Disk[] = [];
  readonly interfaces: Interface[] = [];
  readonly serials: Serial[] = [];
  readonly channels: Channel[] = [];
  readonly inputs: Input[] = [];
  readonly graphics: Graphics[] = [];
  video: Video | undefined;
  xenbus: Xenbus | undefined;
  #hasEmulator = false;
  #hasXenbus = false;
  readonly #hasSpice: boolean;
  readonly #kvm: boolean;
  readonly #kept: KeptFromXl;
  readonly #report: Report;

  constructor(root: XmlElement, kvm: boolean, os: Os, kept: KeptFromXl, report: Report) {
    this.os = os;
    this.#kvm = kvm;
    this.#kept = kept;
    this.#report = report;
    const devices = root.all('devices').flatMap((element) => element.children);
    this.#hasSpice = os.type === 'hvm' && devices.some(isSpice);
    for (const device of devices) this.#read(device);
    this.#readConsole(devices);
    this.#readAdapter(devices);
    this.#readAgentChannels(devices);
    this.#readBootOrder(devices);
  }

  #read(device: XmlElement): void {
    const report = this.#report;
    switch (device.name) {
      case 'emulator':
        this.#readEmulator(device);
        break;
      case 'disk': {
        if (device.peek('device') === 'floppy') break;
        const disk = readOrRefuse(device, readDisk, report);
        if (disk) this.disks.push(this.#restoreDisk(disk));
        break;
      }
      case 'interface': {
        const nic = readOrRefuse(device, readInterface, report);
        if (nic) this.interfaces.push(this.#restoreInterface(nic));
        break;
      }
      case 'serial': {
        if (this.os.type !== 'hvm' || !isSerial(device)) break;
        const place = this.serials.length;
        const serial = readOrRefuse(device, (element) => readSerial(element, place, report), report);
        if (serial) this.serials.push(serial);
        break;
      }
      case 'channel': {
        if (isAgentChannel(device) && this.#hasSpice) break;
        const channel = readOrRefuse(device, readChannel, report);
        if (channel) this.channels.push(this.#restoreChannel(channel));
        break;
      }
      case 'controller':
        if (device.peek('type') === 'xenbus' && !this.#hasXenbus) {
          this.#hasXenbus = true;
          this.xenbus = readXenbus(device.markRead(), report);
        } else readController(device, report);
        break;
      case 'input': {
        const input = readInput(device, this.os);
        if (input) this.inputs.push(input);
        break;
      }
      case 'graphics': {
        const graphics = this.#hasRoomFor(device) ? readGraphics(device, report) : undefined;
        if (graphics) this.graphics.push(graphics);
      }
    }
  }

  /** An HVM guest has a screen of each kind, a PV guest one, and not SPICE. */
  #hasRoomFor(graphics: XmlElement): boolean {
    const kind = graphics.peek('type');
    if (this.os.type !== 'hvm') return kind !== 'spice' && this.graphics.length === 0;
    return !this.graphics.some((other) => other.kind === kind);
  }

  /** KVM's emulator cannot serve a Xen guest. */
  #readEmulator(device: XmlElement): void {
    if (this.#hasEmulator) return;
    this.#hasEmulator = true;
    const path = device.markRead().text();
    if (!this.#kvm) {
      this.emulator = path === '' ? undefined : path;
      this.emulatorSpan = device.textSpan;
    } else if (path !== '') {
      this.#report.add('mapped', `Xen's own device model takes the place of ${path}`, device.tagSpan);
    }
  }

  #readConsole(devices: readonly XmlElement[]): void {
    const console = devices.find((device) => device.name === 'console');
    const hasSerial = devices.some((device) => device.name === 'serial');
    const serial = console && readConsole(console, this.os, hasSerial, this.#report);
    if (serial) this.serials.push(serial);
  }

  #readAdapter(devices: readonly XmlElement[]): void {
    const video = devices.find((device) => device.name === 'video');
    if (!video) return;
    if (this.os.type !== 'hvm') {
      // What libvirt adds to a PV guest's framebuffer.
      const model = video.children.find((child) => child.name === 'model');
      if (model?.peek('type') === 'xen') video.markAllRead();
      return;
    }
    const spice = this.graphics.some((graphics) => graphics.kind === 'spice');
    this.video = readVideo(video.markRead(), { kvm: this.#kvm, spice }, this.#report);
  }

  /** A spicevmc channel is not one of its own: it is SPICE's way to its agent in the guest. */
  #readAgentChannels(devices: readonly XmlElement[]): void {
    const agents = devices.filter(isAgentChannel);
    const spice = this.graphics.findIndex((graphics) => graphics.kind === 'spice');
    const graphics = this.graphics[spice];
    if (graphics?.kind !== 'spice' || agents.length === 0) return;
    this.graphics[spice] = withOrigin({ ...graphics, agent: true }, originOf(graphics));
    for (const device of agents) {
      this.#report.add('mapped', "the SPICE agent's channel becomes spicevdagent", device.tagSpan);
      device.markAllRead();
    }
  }

  /** Without <os><boot>, the devices' own <boot order> says what is tried in which order. */
  #readBootOrder(devices: readonly XmlElement[]): void {
    if (this.os.type !== 'hvm' || this.os.boot.length > 0) return;
    const ordered = devices.flatMap((device): readonly (readonly [number, BootDevice])[] => {
      const kind = bootDeviceOf(device);
      const order = kind && device.child('boot')?.attribute('order');
      return kind && order !== undefined && /^[0-9]{1,5}$/.test(order) ? [[Number(order), kind]] : [];
    });
    if (ordered.length === 0) return;
    this.#checkFirstDisk(devices);
    const boot = [...new Set(ordered.toSorted((a, b) => a[0] - b[0]).map(([, kind]) => kind))];
    const places = { kernel: originOf(this.os, 'kernel'), initrd: originOf(this.os, 'initrd') };
    this.os = withOrigin<Os>({ ...this.os, boot }, originOf(this.os), places);
  }

  /** xl boots from the first disk; which of several comes first is not for it to say. */
  #checkFirstDisk(devices: readonly XmlElement[]): void {
    const disks = devices.filter((device) => bootDeviceOf(device) === 'disk');
    const orders = disks.map((disk) =>
      Number(disk.child('boot')?.attribute('order') ?? Number.POSITIVE_INFINITY),
    );
    const [first, lowest] = [orders[0], Math.min(...orders)];
    if (first === undefined || first <= lowest) return;
    const wanted = disks[orders.indexOf(lowest)];
    const message = 'this disk should be booted first, but xl boots from the first disk in the list';
    this.#report.add('no-counterpart', message, wanted?.tagSpan, 'put it before the other disks');
  }

  #restoreChannel(channel: Channel): Channel {
    const backendDomain = this.#kept.backends.get(channel.name);
    if (backendDomain === undefined) return channel;
    return withOrigin({ ...channel, backendDomain }, originOf(channel), { name: originOf(channel, 'name') });
  }

  #restoreDisk(disk: Disk): Disk {
    const xlParameters = this.#kept.disks.get(disk.target);
    if (xlParameters === undefined) return disk;
    return withOrigin({ ...disk, xlParameters }, originOf(disk), { target: originOf(disk, 'target') });
  }

  #restoreInterface(nic: Interface): Interface {
    const xlParameters = this.#kept.interfaces.get(String(this.interfaces.length + 1));
    return xlParameters === undefined ? nic : withOrigin({ ...nic, xlParameters }, originOf(nic));
  }
}

/** Reads a device. One that was refused has had its say: what is in it is not told of as well. */
function readOrRefuse<Device>(
  device: XmlElement,
  read: (device: XmlElement, report: Report) => Device | undefined,
  report: Report,
): Device | undefined {
  const found = read(device.markRead(), report);
  if (found === undefined) device.markAllRead();
  return found;
}

const isSpice = (device: XmlElement): boolean =>
  device.name === 'graphics' && device.peek('type') === 'spice';

const isAgentChannel = (device: XmlElement): boolean =>
  device.name === 'channel' && device.peek('type') === 'spicevmc';

function bootDeviceOf(device: XmlElement): BootDevice | undefined {
  if (device.name === 'interface') return 'network';
  if (device.name !== 'disk') return undefined;
  return device.attribute('device') === 'cdrom' ? 'cdrom' : 'disk';
}
