import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { FormatOptions } from '../document/options.js';
import type { Disk } from '../model/disk.js';
import type { Domain } from '../model/domain.js';
import type { PreservedFragment } from '../model/preserved.js';
import type { Os } from '../model/os.js';
import type { PreservedFromXl } from './from-metadata.js';
import type { XmlElement } from './xml/element.js';

/** The parts of a domain XML besides its elements. */
export interface Sources {
  readonly preserved: PreservedFromXl;
  /** Devices that are not read. */
  readonly dropped: ReadonlySet<XmlElement>;
  /** Disks that have been read already. */
  readonly disks?: ReadonlyMap<XmlElement, Disk> | undefined;
  readonly options: FormatOptions;
  /** Reads a field of the model, when it is first used. */
  readonly field: <Field extends keyof Domain>(name: Field) => Domain[Field];
  /** Reports what no descriptor has read. */
  readonly unread: () => readonly PreservedFragment[];
}

/** A domain XML as the descriptors read it. It can have several <devices>. */
export class DomainReader {
  readonly root: XmlElement;
  readonly report: Report;
  readonly preserved: PreservedFromXl;
  readonly options: FormatOptions;
  readonly disks: Sources['disks'];
  /** Another field that this one depends on; it is read when it is first used. */
  readonly field: Sources['field'];
  /** Reports what no descriptor has read, and returns it for the way back. Must be called last. */
  readonly unread: Sources['unread'];
  /** All devices, in the order of the document. */
  readonly devices: readonly XmlElement[];
  /** The positions of fields that are not objects. */
  readonly spans = new Map<keyof Domain, Span | undefined>();
  /** The number of dropped devices of the same name before a device. */
  readonly #droppedBefore = new Map<XmlElement, number>();
  readonly #byName = new Map<string, XmlElement[]>();

  constructor(
    root: XmlElement,
    report: Report,
    { preserved, dropped, disks, options, field, unread }: Sources,
  ) {
    this.root = root;
    this.report = report;
    this.preserved = preserved;
    this.options = options;
    this.disks = disks;
    this.field = field;
    this.unread = unread;
    const devices: XmlElement[] = [];
    const counts = new Map<string, number>();
    for (const list of root.all('devices')) {
      for (const device of list.children) {
        const before = counts.get(device.name) ?? 0;
        if (dropped.has(device)) counts.set(device.name, before + 1);
        else devices.push(device);
        if (before > 0) this.#droppedBefore.set(device, before);
      }
    }
    this.devices = devices;
    for (const device of devices) {
      const others = this.#byName.get(device.name);
      if (others) others.push(device);
      else this.#byName.set(device.name, [device]);
    }
  }

  get kvm(): boolean {
    return this.field('hypervisor') === 'kvm';
  }

  get os(): Os {
    return this.field('os');
  }

  /** Whether an HVM guest has a SPICE display. */
  get hasSpice(): boolean {
    return this.os.type === 'hvm' && this.all('graphics').some((device) => device.peek('type') === 'spice');
  }

  /** The devices of a name, not marked as read. */
  all(name: string): readonly XmlElement[] {
    return this.#byName.get(name) ?? [];
  }

  /**
   * Reads each element. If one is rejected, that has been reported, and its parts are not reported separately.
   * @param read gets the number of devices before it, including dropped ones: preserved parameters are found by it
   */
  readEach<Device>(
    elements: readonly XmlElement[],
    read: (device: XmlElement, report: Report, place: number) => Device | undefined,
  ): readonly Device[] {
    const devices: Device[] = [];
    for (const element of elements) {
      const device = read(
        element.markRead(),
        this.report,
        devices.length + (this.#droppedBefore.get(element) ?? 0),
      );
      if (device === undefined) element.markAllRead();
      else devices.push(device);
    }
    return devices;
  }
}

/** A spicevmc channel is not a channel of the guest's own: SPICE uses it for its agent in the guest. */
export const isAgentChannel = (channel: XmlElement): boolean => channel.peek('type') === 'spicevmc';
