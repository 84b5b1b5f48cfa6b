import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf } from '../diagnostics/origin.js';
import { defaultChannelPath, type Channel } from '../model/channel.js';

/** xl requires a path for a socket that listens; libvirt's Xen driver has a default. */
export function channelToXen(channel: Channel, domain: string, report: Report): Channel {
  const { connection, name } = channel;
  if (connection.kind !== 'socket' || connection.path !== undefined) return channel;
  const path = defaultChannelPath(domain, name);
  report.add('channel-default-path', `channel '${name}': default socket path ${path}`, originOf(channel));
  return derive(channel, { connection: derive(connection, { path }) });
}
