import { omitUndefined } from '../language/omit-undefined.js';

/** A server, by its name or address. */
export interface HostPort {
  readonly host: string;
  readonly port?: string;
}

/** As URLs and Ceph's lists of monitors have it: an IPv6 address in brackets. */
export const formatHostPort = ({ host, port }: HostPort): string =>
  (host.includes(':') ? `[${host}]` : host) + (port === undefined ? '' : `:${port}`);

/** @returns nothing if the text has another form */
export function parseHostPort(text: string): HostPort | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::([0-9]+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  return host === undefined ? undefined : omitUndefined({ host, port });
}
