import type { Chardev } from './chardev.js';
import { parseQemuOption, type QemuOption } from './option.js';
import { parseChardevOption } from './read-chardev.js';

/** What belongs to virtio-serial among the arguments of a device model. */
export interface PortArguments {
  readonly controllers: readonly Controller[];
  /** Ports and consoles, in order. */
  readonly devices: readonly PortDevice[];
}

export interface Controller {
  readonly id?: string | undefined;
  readonly places: readonly number[];
}

/** A port, or a console in its place. */
export interface PortDevice {
  /** That of the first controller, unless it is written. */
  readonly bus: string;
  readonly nr: number;
  /** Both are absent for what a channel cannot express. */
  readonly name?: string;
  readonly chardev?: Chardev;
  /** Its arguments, and those of its chardev. */
  readonly places: readonly number[];
}

/** An option and its value: the value of `-device` or `-chardev`. */
interface Pair {
  readonly place: number;
  readonly text: string;
  readonly option: QemuOption;
}

/** The names of the PCI device (hw/virtio/virtio-pci.c). */
const controllerDrivers: ReadonlySet<string> = new Set([
  'virtio-serial',
  'virtio-serial-pci',
  'virtio-serial-pci-transitional',
  'virtio-serial-pci-non-transitional',
]);

/** What a channel expresses of a port. */
const settingsOfPort: ReadonlySet<string> = new Set(['driver', 'bus', 'nr', 'chardev', 'name', 'id']);

/** Finds controllers and ports. QEMU creates all chardevs first, and then the devices in their order. */
export function parsePortArguments(args: readonly string[]): PortArguments {
  const pairs = { device: [] as Pair[], chardev: [] as Pair[] };
  for (let place = 0; place + 1 < args.length; place++) {
    const kind = /^--?(device|chardev)$/.exec(args[place] ?? '')?.[1];
    const text = args[place + 1];
    if ((kind !== 'device' && kind !== 'chardev') || text === undefined) continue;
    pairs[kind].push({ place, text, option: parseQemuOption(text) });
    place++;
  }
  const controllers = pairs.device
    .filter(({ option }) => controllerDrivers.has(driverOf(option)))
    .map(({ place, option }) => ({ id: option.settings.get('id'), places: [place, place + 1] }));
  const firstBus = `${controllers[0]?.id ?? ''}.0`;
  const buses = new Map<string, Bus>();
  const chardevs = new ChardevIndex(pairs.chardev, args);
  const devices = pairs.device.flatMap((pair): readonly PortDevice[] => {
    const driver = driverOf(pair.option);
    if (driver !== 'virtserialport' && driver !== 'virtconsole') return [];
    const bus = pair.option.settings.get('bus') ?? firstBus;
    const numbers = buses.get(bus) ?? new Bus();
    buses.set(bus, numbers);
    const nr = numbers.take(pair.option.settings.get('nr'), driver === 'virtconsole');
    const own = [pair.place, pair.place + 1];
    const parts = driver === 'virtserialport' ? partsOf(pair.option, chardevs) : undefined;
    if (!parts) return [{ bus, nr, places: own }];
    const { name, chardev, at } = parts;
    return [{ bus, nr, name, chardev, places: [...own, at, at + 1].toSorted((a, b) => a - b) }];
  });
  return { controllers, devices };
}

const driverOf = ({ first, settings }: QemuOption): string => first ?? settings.get('driver') ?? '';

/** The numbers of the ports of a controller. */
class Bus {
  readonly #taken = new Set<number>();
  #next = 1;

  /** The given number, or the first free one; 0 is for a console (hw/char/virtio-serial-bus.c: find_free_port_id). */
  take(given: string | undefined, isConsole: boolean): number {
    while (this.#taken.has(this.#next)) this.#next++;
    const free = isConsole && !this.#taken.has(0) ? 0 : this.#next;
    const nr = given === undefined ? free : Number(given);
    this.#taken.add(nr);
    return nr;
  }
}

/** The chardevs by their IDs, and how many arguments use each. */
class ChardevIndex {
  readonly #pairs = new Map<string, Pair | undefined>();
  readonly #users = new Map<string, number>();

  constructor(pairs: readonly Pair[], args: readonly string[]) {
    for (const pair of pairs) {
      const id = pair.option.settings.get('id') ?? '';
      this.#pairs.set(id, this.#pairs.has(id) ? undefined : pair);
    }
    for (const arg of args) {
      // `chardev=ID` of a device or monitor, `chardev:ID` of a serial port.
      for (const [, id = ''] of arg.matchAll(/(?:^|,)chardev[=:]([^,]*)/g)) {
        this.#users.set(id, (this.#users.get(id) ?? 0) + 1);
      }
    }
  }

  /** The one chardev of an ID that has one user. */
  only(id: string): Pair | undefined {
    return this.#users.get(id) === 1 ? this.#pairs.get(id) : undefined;
  }
}

/** The name and chardev of a port that a channel can express, and the place of the chardev. */
function partsOf(
  { settings }: QemuOption,
  chardevs: ChardevIndex,
): { readonly name: string; readonly chardev: Chardev; readonly at: number } | undefined {
  const [name, id] = [settings.get('name'), settings.get('chardev')];
  const isPlain = [...settings.keys()].every((key) => settingsOfPort.has(key));
  const pair = name === undefined || id === undefined || !isPlain ? undefined : chardevs.only(id);
  const parsed = pair && parseChardevOption(pair.text);
  return name !== undefined && parsed ? { name, chardev: parsed.chardev, at: pair.place } : undefined;
}
