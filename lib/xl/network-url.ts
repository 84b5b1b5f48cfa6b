import { omitUndefined } from '../language/omit-undefined.js';
import { networkProtocols, type NetworkImage } from '../model/disk.js';
import { formatHostPort, parseHostPort, type HostPort } from '../model/host-port.js';
import { isIpv4, isIpv6 } from '../model/ip-address.js';

/*
 * The URLs of QEMU's block drivers, as they stand behind `target=`. libxl passes them on to QEMU's command line, where a
 * comma would begin another option, so that everything but what URLs never escape is written as %XX.
 */

const isHost = (host: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(host) || isIpv6(host);
const isPort = (port: string): boolean => /^[0-9]{1,5}$/.test(port);

const encode = (text: string): string =>
  text
    .split('/')
    .map((part) => encodeURIComponent(part).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16)}`))
    .join('/')
    .replaceAll('%3A', ':');

/** @returns nothing for what cannot be decoded */
function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

const socketProtocols: readonly string[] = ['nbd', 'gluster'];

/** The address of a server as URLs and portals have it; nothing if it is none. */
function addressOf(server: HostPort): string | undefined {
  const { host, port } = server;
  return isHost(host) && (port === undefined || isPort(port)) ? formatHostPort(server) : undefined;
}

/** @returns nothing if no URL means this image */
export function formatUrl({ protocol, name = '', server, query }: NetworkImage): string | undefined {
  // Lone surrogates have no encoding; control characters have no business in a command line.
  // eslint-disable-next-line no-control-regex -- these are the characters to refuse
  if (/[\x00-\x1f\x7f\ud800-\udfff]/u.test(name + (query ?? '')) || name.startsWith('/')) return undefined;
  if (name === '' && protocol !== 'nbd') return undefined;
  if (protocol === 'iscsi' && !/^[^/]+\/[0-9]{1,5}$/.test(name)) return undefined;
  if (protocol === 'gluster' && !/^[^/]+\/./.test(name)) return undefined;
  const hasQuery = /^https?$/.test(protocol) && /^[A-Za-z0-9._~%&=:/?@!$'()*+;-]+$/.test(query ?? '');
  if (query !== undefined && !hasQuery) return undefined;
  const path = encode(name);
  if ('socket' in server) {
    // eslint-disable-next-line no-control-regex -- these are the characters to find
    if (!socketProtocols.includes(protocol) || !/^\/[^\x00-\x1f,]+$/.test(server.socket)) return undefined;
    return `${protocol}+unix:///${path}?socket=${encode(server.socket)}`;
  }
  const address = addressOf(server);
  if (address === undefined) return undefined;
  const slash = name === '' ? '' : '/';
  return `${protocol}://${address}${slash}${path}${query === undefined ? '' : `?${query}`}`;
}

/** @returns nothing if it is no such URL, or has what the model has no place for, such as a password */
export function parseUrl(text: string): NetworkImage | undefined {
  const old = /^nbd:(?:unix:(\/[^:]+)|(\[[^\]]+\]|[^:/[\]]+):([0-9]+))(?::exportname=(.+))?$/.exec(text);
  if (old) {
    const [, socket, host = '', port = '', name] = old;
    const server = socket === undefined ? { host: host.replace(/^\[|\]$/g, ''), port } : { socket };
    return checked(omitUndefined({ kind: 'network', protocol: 'nbd', name, server }));
  }
  const [, scheme, unix, authority = '', path = '', query] =
    /^([a-z]+)(\+unix)?:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/.exec(text) ?? [];
  const protocol = networkProtocols.find((known) => known === scheme);
  const name = decode(path);
  if (!protocol || name === undefined) return undefined;
  const named = { kind: 'network', protocol, ...(name !== '' && { name }) } as const;
  if (unix !== undefined) {
    const socket = decode(/^socket=([^&]+)$/.exec(query ?? '')?.[1] ?? '%');
    return authority === '' && socket !== undefined ? checked({ ...named, server: { socket } }) : undefined;
  }
  const server = parseHostPort(authority);
  return server && checked(omitUndefined({ ...named, server, query }));
}

const checked = (image: NetworkImage): NetworkImage | undefined =>
  formatUrl(image) === undefined ? undefined : image;

/** The portal of Xen's script for iSCSI, which wants an address, not a name (tools/hotplug/Linux/block-iscsi). */
export function portalOf(server: NetworkImage['server']): string | undefined {
  if ('socket' in server || !(isIpv4(server.host) || isIpv6(server.host))) return undefined;
  return addressOf(server);
}
