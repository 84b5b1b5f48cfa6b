import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { FormatOptions } from '../document/options.js';
import type { Domain } from '../model/domain.js';
import type { PreservedFragment } from '../model/preserved.js';
import type { Os } from '../model/os.js';
import type { PreservedFromXl } from './from-metadata.js';
import type { XmlElement } from './xml/element.js';

/** Of what a domain XML consists besides its elements. */
interface Sources {
  readonly preserved: PreservedFromXl;
  /** Devices that are not read. */
  readonly dropped: ReadonlySet<XmlElement>;
  readonly options: FormatOptions;
  /** Reads a field of the model, when it is first asked for. */
  readonly field: <Field extends keyof Domain>(name: Field) => Domain[Field];
  /** Reports what no descriptor has read. */
  readonly unread: () => readonly PreservedFragment[];
}

/** A domain XML as the descriptors read it. It may have several <devices>. */
export class DomainReader {
  readonly root: XmlElement;
  readonly report: Report;
  readonly preserved: PreservedFromXl;
  readonly options: FormatOptions;
  /** Another field, on which one depends; it is read when it is first asked for. */
  readonly field: Sources['field'];
  /** Reports what no descriptor has read, and gives it for the way back. To be called last. */
  readonly unread: Sources['unread'];
  /** All devices, in the order of the document. */
  readonly devices: readonly XmlElement[];
  /** Where fields that are no objects were read. */
  readonly spans = new Map<keyof Domain, Span | undefined>();
  /** How many devices of its name before a device are dropped. */
  readonly #droppedBefore = new Map<XmlElement, number>();
  readonly #byName = new Map<string, XmlElement[]>();

  constructor(root: XmlElement, report: Report, { preserved, dropped, options, field, unread }: Sources) {
    this.root = root;
    this.report = report;
    this.preserved = preserved;
    this.options = options;
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

  /** The devices of a name, unmarked. */
  all(name: string): readonly XmlElement[] {
    return this.#byName.get(name) ?? [];
  }

  /**
   * Reads each element. If one is rejected, that has been reported: its parts are not reported as well.
   * @param read gets the number of devices before it, dropped ones among them: preserved parameters are found by it
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

/** A spicevmc channel is not a channel of its own: it is the way of SPICE to its agent in the guest. */
export const isAgentChannel = (channel: XmlElement): boolean => channel.peek('type') === 'spicevmc';
