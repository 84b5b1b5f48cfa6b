import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf } from '../diagnostics/origin.js';
import { defaultChannelPath, type Channel } from '../model/channel.js';
import type { Connection } from '../model/connection.js';

/**
 * Connections that only SPICE uses: without it the guest only loses its clipboard or shared folders.
 * @returns undefined for any other channel
 */
export function spiceChannelReason({ kind }: Connection): string | undefined {
  if (kind === 'spicevmc') return 'a SPICE agent channel needs an HVM guest with SPICE graphics';
  return kind === 'spiceport' ? 'Xen cannot connect a channel to a SPICE port' : undefined;
}

/** The channels without those of SPICE, each of which is reported. */
export function withoutSpiceChannels(channels: readonly Channel[], report: Report): readonly Channel[] {
  const others = channels.filter((channel) => spiceChannelReason(channel.connection) === undefined);
  if (others.length === channels.length) return channels;
  for (const channel of channels) {
    const reason = spiceChannelReason(channel.connection);
    if (reason === undefined) continue;
    report.add('unsupported', `channel '${channel.name}' omitted: ${reason}`, originOf(channel));
  }
  return others;
}

/** xl requires a path for a socket that listens; libvirt's Xen driver has a default. */
export function channelToXen(channel: Channel, domain: string, report: Report): Channel {
  const { connection, name } = channel;
  if (connection.kind !== 'socket' || connection.path !== undefined) return channel;
  const path = defaultChannelPath(domain, name);
  report.add('channel-default-path', `channel '${name}': default socket path ${path}`, originOf(channel));
  return derive(channel, { connection: derive(connection, { path }) });
}
