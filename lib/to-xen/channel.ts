import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { defaultChannelPath, isPort, type Channel } from '../model/channel.js';
import { displayChannelReason } from '../model/connection.js';
import type { Domain } from '../model/domain.js';
import { changeEach } from './change.js';
import { otherGuestProblem } from '../check/channel.js';
import { placePorts, placeSparePorts, withTransport, type PlacedChannels } from './port.js';

/** The channels without those of a display that would be written, each of which is reported. */
function withoutDisplayChannels(
  channels: readonly Channel[],
  isWritten: (channel: Channel) => boolean,
  report: Report,
): readonly Channel[] {
  const isOmitted = (channel: Channel): boolean =>
    isWritten(channel) && displayChannelReason(channel.connection) !== undefined;
  if (!channels.some(isOmitted)) return channels;
  return channels.filter((channel) => {
    if (!isOmitted(channel)) return true;
    const reason = displayChannelReason(channel.connection) ?? '';
    report.add('unsupported', `channel '${channel.name}' omitted: ${reason}`, originOf(channel));
    return false;
  });
}

/** The channels of a domain with the selected transport, and with the paths that a toolstack does not choose. */
export function channelsToXen(
  domain: Domain,
  report: Report,
  to: 'libvirt' | 'xl',
  { transport, sparePorts, hvmDefaults }: FormatOptions,
): PlacedChannels {
  const { os, name, deviceModelArguments } = domain;
  // libvirt's driver creates PV consoles itself, and chooses their paths at each start.
  const isWritten = (channel: Channel): boolean => to === 'xl' || isPort(channel);
  const selected = withTransport(domain.channels, transport);
  const channels = changeEach(withoutDisplayChannels(selected, isWritten, report), (channel) =>
    isWritten(channel) ? withDefaultPath(channel, name, report) : channel,
  );
  // The check rejects ports of other guests.
  const problem = os.type === 'hvm' ? deviceModelProblem(domain) : otherGuestProblem(os.type);
  const placed =
    os.type === 'hvm'
      ? placePorts(channels, deviceModelArguments, report, problem)
      : { channels, deviceModelArguments };
  const spares = sparePorts ?? (problem === undefined ? (hvmDefaults?.sparePorts ?? 0) : 0);
  return {
    channels: placed.channels,
    deviceModelArguments: placeSparePorts(spares, placed.deviceModelArguments, report, problem),
  };
}

/** Why the device model of a domain cannot have ports. */
function deviceModelProblem({ preserved }: Domain): string | undefined {
  const settings = new Map(preserved.settings.map(({ key, value }) => [key, value]));
  if (settings.get('device_model_version') === 'qemu-xen-traditional')
    return 'the traditional device model has no virtio-serial';
  return (settings.get('device_model_stubdomain_override') ?? '0') === '0'
    ? undefined
    : 'its device model runs in a stubdomain, whose sockets and files are not those of the host';
}

/** xl and QEMU require a path for a socket that listens; libvirt's Xen driver has a default. */
export function withDefaultPath(channel: Channel, domain: string, report: Report): Channel {
  const { connection, name } = channel;
  if (connection.kind !== 'socket' || connection.path !== undefined) return channel;
  const path = defaultChannelPath(domain, name);
  report.add('channel-default-path', `channel '${name}': default socket path ${path}`, originOf(channel));
  return derive(channel, { connection: derive(connection, { path }) });
}
