import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { Span } from '../diagnostics/span.js';
import type { Channel } from '../model/channel.js';
import type { UsbController } from '../model/controller.js';
import type { Disk } from '../model/disk.js';
import type { Graphics, Video } from '../model/graphics.js';
import type { Hostdev } from '../model/hostdev.js';
import type { Input } from '../model/input.js';
import type { Interface } from '../model/interface.js';
import type { Os } from '../model/os.js';
import type { Parallel } from '../model/parallel.js';
import type { Redirection } from '../model/redirection.js';
import type { Serial } from '../model/serial.js';
import type { Sound } from '../model/sound.js';
import type { Xenbus } from '../model/xenbus.js';
import { orderBoot } from './boot-order.js';
import { readChannel } from './channel.js';
import { readControllers } from './controller.js';
import { readDisk } from './disk.js';
import { readGraphics } from './graphics.js';
import { readHostdev, restoreHostdev } from './hostdev.js';
import { readInput } from './input.js';
import { readInterface } from './interface.js';
import type { KeptFromXl } from './metadata.js';
import { readParallel } from './parallel.js';
import { readRedirection } from './redirection.js';
import { isSerial, readConsole, readSerial } from './serial.js';
import { readSound } from './sound.js';
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
  readonly parallels: Parallel[] = [];
  readonly channels: Channel[] = [];
  readonly inputs: Input[] = [];
  readonly graphics: Graphics[] = [];
  video: Video | undefined;
  xenbus: Xenbus | undefined;
  readonly sounds: Sound[] = [];
  readonly hostdevs: Hostdev[] = [];
  readonly usbControllers: readonly UsbController[];
  readonly redirections: Redirection[] = [];
  #hasEmulator = false;
  readonly #hasSpice: boolean;
  readonly #kvm: boolean;
  readonly #kept: KeptFromXl;
  readonly #report: Report;

  constructor(root: XmlElement, kvm: boolean, os: Os, kept: KeptFromXl, report: Report) {
    this.os = os;
    this.#kvm = kvm;
    this.#kept = kept;
    this.#report = report;
    const devices: XmlElement[] = [];
    for (const list of root.all('devices')) for (const device of list.children) devices.push(device);
    this.#hasSpice = os.type === 'hvm' && devices.some(isSpice);
    for (const device of devices) this.#read(device);
    const controllers = devices.filter(({ name }) => name === 'controller');
    const xenbus = controllers.find((controller) => controller.peek('type') === 'xenbus');
    this.xenbus = xenbus && readXenbus(xenbus.markRead(), report);
    this.usbControllers = readControllers(
      controllers.filter((controller) => controller !== xenbus),
      report,
    );
    this.#readConsole(devices);
    this.#readAdapter(devices);
    this.#readAgentChannels(devices);
    this.os = orderBoot(this.os, devices, report);
  }

  /** A device that is not here, or that its reader does not take, stays unread. */
  #read(device: XmlElement): void {
    switch (device.name) {
      case 'emulator':
        this.#readEmulator(device);
        break;
      case 'disk':
        if (device.peek('device') === 'floppy') break;
        add(this.disks, this.#readOrRefuse(device, readDisk), (disk) => this.#restoreDisk(disk));
        break;
      case 'interface': {
        const nic = this.#readOrRefuse(device, readInterface);
        add(this.interfaces, nic, (found) => this.#restoreInterface(found));
        break;
      }
      case 'serial': {
        if (!this.#hasPort(device)) break;
        const place = this.serials.length;
        add(
          this.serials,
          this.#readOrRefuse(device, (port, report) => readSerial(port, place, report)),
        );
        break;
      }
      case 'parallel': {
        if (!this.#hasPort(device)) break;
        const place = this.parallels.length;
        add(
          this.parallels,
          this.#readOrRefuse(device, (port, report) => readParallel(port, place, report)),
        );
        break;
      }
      case 'channel': {
        if (isAgentChannel(device) && this.#hasSpice) break;
        const channel = this.#readOrRefuse(device, readChannel);
        add(this.channels, channel, (found) => this.#restoreChannel(found));
        break;
      }
      case 'input':
        add(this.inputs, readInput(device, this.os));
        break;
      case 'graphics':
        add(this.graphics, this.#hasRoomFor(device) ? readGraphics(device, this.#report) : undefined);
        break;
      case 'sound':
        add(this.sounds, readSound(device, this.os, this.#report));
        break;
      case 'hostdev': {
        const hostdev = this.#readOrRefuse(device, readHostdev);
        add(this.hostdevs, hostdev, (found) => this.#restoreHostdev(found));
        break;
      }
      case 'redirdev':
        add(this.redirections, readRedirection(device, this.#hasSpice));
        break;
    }
  }

  /** Reads a device. One that was refused has had its say: what is in it is not told of as well. */
  #readOrRefuse<Device>(
    device: XmlElement,
    read: (device: XmlElement, report: Report) => Device | undefined,
  ): Device | undefined {
    const found = read(device.markRead(), this.#report);
    if (found === undefined) device.markAllRead();
    return found;
  }

  /** Ports are for HVM guests, and for those kinds that an xl.cfg can say. */
  #hasPort(device: XmlElement): boolean {
    return this.os.type === 'hvm' && isSerial(device);
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
      this.#report.add('converted', `Xen's own device model takes the place of ${path}`, device.tagSpan);
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
      this.#report.add('converted', "the SPICE agent's channel becomes spicevdagent", device.tagSpan);
      device.markAllRead();
    }
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

  #restoreHostdev(hostdev: Hostdev): Hostdev {
    const words = this.#kept.hostdevs.get(String(this.hostdevs.length + 1));
    return words === undefined ? hostdev : restoreHostdev(hostdev, words);
  }
}

/** Adds what was found, if anything was, with what an earlier conversion kept of it. */
function add<Device>(
  list: Device[],
  found: Device | undefined,
  restore: (found: Device) => Device = (device) => device,
): void {
  if (found !== undefined) list.push(restore(found));
}

const isSpice = (device: XmlElement): boolean =>
  device.name === 'graphics' && device.peek('type') === 'spice';

const isAgentChannel = (device: XmlElement): boolean =>
  device.name === 'channel' && device.peek('type') === 'spicevmc';
