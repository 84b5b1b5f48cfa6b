import type { Report } from '../diagnostics/diagnostic.js';
import type { Domain } from '../model/domain.js';
import type { Os } from '../model/os.js';
import type { PreservedFromXl } from './preserved.js';
import type { XmlElement } from './xml/element.js';

/** <devices>, of which a document may have several, as the descriptors read them. */
export class DeviceReader {
  readonly os: Os;
  readonly kvm: boolean;
  readonly preserved: PreservedFromXl;
  readonly report: Report;
  /** Whether an HVM guest has a SPICE display. */
  readonly hasSpice: boolean;
  /** All of them, in the order of the document. */
  readonly elements: readonly XmlElement[];
  /** What the descriptors before have read. */
  readonly found: Partial<Domain> = {};
  readonly #byName = new Map<string, XmlElement[]>();

  constructor(root: XmlElement, kvm: boolean, os: Os, preserved: PreservedFromXl, report: Report) {
    this.os = os;
    this.kvm = kvm;
    this.preserved = preserved;
    this.report = report;
    const elements: XmlElement[] = [];
    for (const list of root.all('devices')) for (const device of list.children) elements.push(device);
    this.elements = elements;
    for (const device of elements) {
      const others = this.#byName.get(device.name);
      if (others) others.push(device);
      else this.#byName.set(device.name, [device]);
    }
    this.hasSpice =
      os.type === 'hvm' && this.all('graphics').some((device) => device.peek('type') === 'spice');
  }

  /** The elements of a name, unmarked. */
  all(name: string): readonly XmlElement[] {
    return this.#byName.get(name) ?? [];
  }

  /**
   * Reads each element. If one is rejected, that has been reported: its parts are not reported as well.
   * @param read gets the number of devices read before, too
   */
  readEach<Device>(
    elements: readonly XmlElement[],
    read: (device: XmlElement, report: Report, place: number) => Device | undefined,
  ): readonly Device[] {
    const devices: Device[] = [];
    for (const element of elements) {
      const device = read(element.markRead(), this.report, devices.length);
      if (device === undefined) element.markAllRead();
      else devices.push(device);
    }
    return devices;
  }
}

/** A spicevmc channel is not a channel of its own: it is the way of SPICE to its agent in the guest. */
export const isAgentChannel = (channel: XmlElement): boolean => channel.peek('type') === 'spicevmc';
