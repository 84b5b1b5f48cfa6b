import type { Report } from '../diagnostics/diagnostic.js';
import { reportPort } from '../check/channel.js';
import { derive, originOf } from '../diagnostics/origin.js';
import type { TransportOption } from '../document/transport.js';
import { isPort, type Channel } from '../model/channel.js';
import { chardevOption, type Chardev } from '../qemu-syntax/chardev.js';
import { chardevOf } from '../qemu-syntax/connection.js';
import {
  numberPorts,
  placesOf,
  portArguments,
  portId,
  readPorts,
  sparePortArguments,
  type Port,
} from '../qemu-syntax/port.js';
import { oldestQemu } from '../qemu-syntax/version.js';

/** The channels of a domain, and the arguments of its device model, in which its ports are. */
export interface PlacedChannels {
  readonly channels: readonly Channel[];
  readonly deviceModelArguments: readonly string[];
}

/** The channels with the selected transport. */
export function withTransport(
  channels: readonly Channel[],
  option: TransportOption | undefined,
): readonly Channel[] {
  if (option === undefined || option === 'auto') return channels;
  const isChanged = (channel: Channel): boolean => isPort(channel) !== (option === 'virtio-serial');
  if (!channels.some(isChanged)) return channels;
  const transport = option === 'virtio-serial' ? { kind: option } : undefined;
  return channels.map((channel) => (isChanged(channel) ? derive(channel, { transport }) : channel));
}

/**
 * Makes the arguments of an HVM guest's device model those of its ports: adds what is missing, replaces the ports of
 * channels that have changed, and removes those of channels that are PV consoles now. Everything else in the
 * arguments stays as it is.
 *
 * @param channels all channels, with the paths of their sockets
 * @param problem why the device model cannot have further ports
 */
export function placePorts(
  channels: readonly Channel[],
  args: readonly string[],
  report: Report,
  problem?: string,
): PlacedChannels {
  const names = new Set(channels.filter(isPort).map(({ name }) => name));
  const present = new Map(readPorts(args).map((port) => [port.channel.name, port]));
  const outdated: Port[] = [];
  const wanted: { readonly channel: Channel; readonly chardev: Chardev }[] = [];
  for (const channel of channels) {
    const port = present.get(channel.name);
    const chardev = isPort(channel) ? portChardev(channel, report) : undefined;
    if (port && chardev && isSame(chardev, port)) continue;
    // A PV console can have the name of a port.
    if (port && (isPort(channel) || !names.has(channel.name))) outdated.push(port);
    if (chardev) {
      reportPort(channel, problem, report);
      wanted.push({ channel, chardev });
    }
  }
  if (outdated.length === 0 && wanted.length === 0) return { channels, deviceModelArguments: args };
  const removed = placesOf(args, outdated);
  const left = args.filter((_, place) => !removed.has(place));
  return addPorts(channels, left, wanted, report);
}

/**
 * Adds spare ports to the arguments of a device model, until there is the given number.
 * @param problem why the device model cannot have further ports
 */
export function placeSparePorts(
  count: number,
  args: readonly string[],
  report: Report,
  problem: string | undefined,
): readonly string[] {
  if (count === 0) return args;
  const added = problem === undefined ? sparePortArguments(count, args) : [];
  if (added?.length === 0 && problem === undefined) return args;
  const what = `${count} spare virtio-serial ${count === 1 ? 'port' : 'ports'}`;
  const why = problem ?? (added ? undefined : 'a virtio-serial controller has 30 ports');
  if (why === undefined) {
    report.add('converted', `${what} added to the device model`);
    return [...args, ...(added ?? [])];
  }
  report.add('channel-transport', `${what}: ${why}`);
  return args;
}

function addPorts(
  channels: readonly Channel[],
  args: readonly string[],
  wanted: readonly { readonly channel: Channel; readonly chardev: Chardev }[],
  report: Report,
): PlacedChannels {
  const numbers = numberPorts(
    wanted.map(({ channel: { name, transport } }) => ({
      name,
      nr: transport?.kind === 'virtio-serial' ? transport.nr : undefined,
    })),
    args,
  );
  const ports = wanted.flatMap(({ channel, chardev }) => {
    const { name } = channel;
    const nr = numbers.get(name);
    if (nr === undefined) {
      const message = `channel '${name}': no free port; a virtio-serial controller has 30 ports`;
      report.add('channel-transport', message, originOf(channel));
      return [];
    }
    report.add(
      'converted',
      `channel '${name}' converted to virtio-serial port ${nr} of the device model`,
      originOf(channel),
    );
    return [{ name, chardev, nr }];
  });
  return {
    channels: channels.map((channel) => {
      const nr = isPort(channel) ? numbers.get(channel.name) : undefined;
      return nr === undefined ? channel : derive(channel, { transport: { kind: 'virtio-serial', nr } });
    }),
    deviceModelArguments: [...args, ...portArguments(ports, args)],
  };
}

/** The chardev of a channel; a problem is reported. */
function portChardev(channel: Channel, report: Report): Chardev | undefined {
  const { name, connection, log } = channel;
  const made = chardevOf(connection);
  if ('refusal' in made) {
    const message = `channel '${name}': ${made.refusal}`;
    report.add('channel-connection', message, originOf(connection) ?? originOf(channel));
    return undefined;
  }
  const chardev: Chardev = { ...made.chardev, ...(log && { log }) };
  try {
    portArguments([{ name, chardev, nr: 1 }], []);
    return chardev;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    report.add('channel-connection', `channel '${name}': ${error.message}`, originOf(channel));
    return undefined;
  }
}

const isSame = (chardev: Chardev, { channel }: Port): boolean => {
  const made = chardevOf(channel.connection);
  if ('refusal' in made) return false;
  const written: Chardev = { ...made.chardev, ...(channel.log && { log: channel.log }) };
  const text = (one: Chardev): string => chardevOption(portId(1), one, oldestQemu);
  return text(chardev) === text(written);
};
