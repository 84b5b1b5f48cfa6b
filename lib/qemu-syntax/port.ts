import type { Channel } from '../model/channel.js';
import { chardevId, chardevOption, type Chardev, type ChardevId } from './chardev.js';
import { connectionOf } from './connection.js';
import { qemuOption } from './option.js';
import { canBePort, isSpareName } from './port-rules.js';
import { parsePortArguments, type PortDevice } from './port-arguments.js';
import { isPortMonitor, portMonitorArguments } from './port-monitor.js';
import { oldestQemu } from './version.js';

/** The numbers of ports: 0 is reserved for a console (hw/char/virtio-serial-bus.c), and a controller has 31 ports. */
export const portNumbers: readonly number[] = Array.from({ length: 30 }, (_, place) => place + 1);

/** The ID of the controller whose ports virt2xen adds. */
export const controllerId = 'virt2xen-serial';
const controllerBus = `${controllerId}.0`;

/** The ID of a port that virt2xen adds, and of its chardev. */
export const portId = (nr: number): ChardevId => chardevId(`virt2xen-port${nr}`);

/**
 * The name of a spare port: it is created with the guest and carries nothing. In its place, a running guest gets a port
 * of any name. QEMU stores the numbers of ports when a guest is saved, and requires the same ones when it is restored;
 * it does not store their names (hw/char/virtio-serial-bus.c: virtio_serial_load_device).
 */
export const sparePortName = (nr: number): string => `virt2xen.spare.${nr}`;

/** A port in the arguments of a device model. */
export interface Port {
  readonly channel: Channel;
  /** The places of its arguments, in order. */
  readonly places: readonly number[];
}

/** A port to write. */
export interface PortToWrite {
  readonly name: string;
  readonly chardev: Chardev;
  readonly nr: number;
}

/**
 * Reads the ports among the arguments of a device model that a channel can express, whoever wrote them. A port whose
 * chardev has another user as well, with settings that a channel does not have, or with a name or path that a channel
 * cannot have, is not read: it is an argument like any other.
 */
export function readPorts(args: readonly string[]): readonly Port[] {
  return parsePortArguments(args).devices.flatMap(({ name, chardev: given, nr, places }) => {
    if (name === undefined || given === undefined) return [];
    const { log } = given;
    const transport = { kind: 'virtio-serial', nr } as const;
    const channel: Channel = { name, connection: connectionOf(given), transport, ...(log && { log }) };
    return canBePort(channel) ? { channel, places } : [];
  });
}

/**
 * The places of the arguments to remove with some ports: theirs, and those of the controllers and of the monitor if no port
 * is left.
 */
export function placesOf(
  args: readonly string[],
  ports: readonly Pick<Port, 'places'>[],
): ReadonlySet<number> {
  const removed = new Set(ports.flatMap(({ places }) => places));
  const { devices, controllers } = parsePortArguments(args);
  const isLeft = ({ places }: PortDevice): boolean => places.some((place) => !removed.has(place));
  if (ports.length > 0 && !devices.some(isLeft)) {
    for (const { places } of controllers) for (const place of places) removed.add(place);
    for (const place of monitorPlaces(args)) removed.add(place);
  }
  return removed;
}

const monitorPlaces = (args: readonly string[]): readonly number[] =>
  args.flatMap((arg, place) => (isPortMonitor(arg, args[place + 1] ?? '') ? [place, place + 1] : []));

/**
 * The number of each port, by name: the given one if it is free, otherwise one that follows from the name, so that
 * another port does not change it unless both names give the same. A port without a free number is missing.
 *
 * @param args the arguments that the ports are added to
 */
export function numberPorts(
  ports: readonly { readonly name: string; readonly nr?: number | undefined }[],
  args: readonly string[],
): ReadonlyMap<string, number> {
  const free = new Set(freeNumbers(args));
  const numbers = new Map<string, number>();
  for (const { name, nr } of ports) if (nr !== undefined && free.delete(nr)) numbers.set(name, nr);
  // In the order of the names: the order in the document does not matter.
  const others = ports.map(({ name }) => name).filter((name) => !numbers.has(name));
  for (const name of others.toSorted()) {
    const nr = numberFor(name, portNumbers, free);
    if (nr === undefined) break;
    free.delete(nr);
    numbers.set(name, nr);
  }
  return numbers;
}

/** The numbers of which neither a port nor an ID exists. */
function freeNumbers(args: readonly string[]): readonly number[] {
  const text = args.join('\n');
  const isFree = (nr: number): boolean => !new RegExp(`\\bid=${portId(nr)}(?![0-9])`).test(text);
  const { devices } = parsePortArguments(args);
  const used = new Set(devices.filter(({ bus }) => bus === controllerBus).map(({ nr }) => nr));
  return portNumbers.filter((nr) => !used.has(nr) && isFree(nr));
}

/** The spare ports among the arguments of a device model. */
export const readSparePorts = (args: readonly string[]): readonly Pick<Port, 'places'>[] =>
  parsePortArguments(args).devices.filter(({ name }) => name !== undefined && isSpareName(name));

/**
 * The arguments that are missing for a number of spare ports. They get the highest free numbers.
 * @returns undefined if there are not enough free numbers
 */
export function sparePortArguments(count: number, args: readonly string[]): readonly string[] | undefined {
  const missing = Math.max(count - readSparePorts(args).length, 0);
  const numbers = freeNumbers(args).toReversed().slice(0, missing);
  if (numbers.length < missing) return undefined;
  return portArguments(
    numbers.map((nr) => ({ name: sparePortName(nr), chardev: { type: 'null' }, nr })),
    args,
  );
}

/** The first free number of some, starting at a place that follows from the name. */
export function numberFor(
  name: string,
  numbers: readonly number[],
  free: ReadonlySet<number>,
): number | undefined {
  const start = hashOf(name) % Math.max(numbers.length, 1);
  return [...numbers.slice(start), ...numbers.slice(0, start)].find((nr) => free.has(nr));
}

/**
 * The arguments that add ports to those of a device model; the controller and the monitor, too, unless it exists.
 * @throws RangeError for a text that cannot be an argument
 */
export function portArguments(ports: readonly PortToWrite[], args: readonly string[]): readonly string[] {
  if (ports.length === 0) return [];
  const { controllers } = parsePortArguments(args);
  const controller = qemuOption('virtio-serial-pci', [
    ['id', controllerId],
    ['max_ports', portNumbers.length + 1],
  ]);
  return [
    ...(controllers.some(({ id }) => id === controllerId)
      ? []
      : ['-device', controller, ...portMonitorArguments()]),
    ...ports.flatMap(({ name, chardev, nr }) => [
      '-chardev',
      chardevOption(portId(nr), chardev, oldestQemu),
      '-device',
      qemuOption('virtserialport', portSettings(name, nr)),
    ]),
  ];
}

/** The settings of a port, in a command line as in QMP. */
export const portSettings = (name: string, nr: number): readonly (readonly [string, string | number])[] => [
  ['bus', controllerBus],
  ['nr', nr],
  ['chardev', portId(nr)],
  ['name', name],
  ['id', portId(nr)],
];

/** The place from where on all arguments are ones that virt2xen has added; the number of arguments if the last is not. */
export function ownArgumentsFrom(args: readonly string[]): number {
  let from = args.length;
  const isPort = (option: string, value: string): boolean =>
    /^-(device|chardev)$/.test(option) && /,id=virt2xen-(serial|port[0-9]+)(,|$)/.test(value);
  const isOwn = (place: number): boolean => {
    const [option = '', value = ''] = args.slice(place, place + 2);
    return isPort(option, value) || isPortMonitor(option, value);
  };
  while (from >= 2 && isOwn(from - 2)) from -= 2;
  return from;
}

/** FNV-1a of the UTF-8 form, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}
