/** The guest's network. */
import type { AgentRequest } from '../request.js';
import { countOf, listOf, membersOf, numberOf, objectOf, oneOf, textOf } from '../value.js';

/** GuestIpAddress. */
export interface IpAddress {
  readonly 'ip-address': string;
  readonly 'ip-address-type': 'ipv4' | 'ipv6';
  readonly prefix: number;
}

/** GuestNetworkInterfaceStat, since 2.11. */
export type InterfaceStatistics = Readonly<Record<(typeof counters)[number], number>>;

const counters = [
  ...(['rx-bytes', 'rx-packets', 'rx-errs', 'rx-dropped'] as const),
  ...(['tx-bytes', 'tx-packets', 'tx-errs', 'tx-dropped'] as const),
] as const;

/** GuestNetworkInterface. */
export interface NetworkInterface {
  readonly name: string;
  readonly 'hardware-address'?: string;
  readonly 'ip-addresses'?: readonly IpAddress[];
  readonly statistics?: InterfaceStatistics;
}

export const getInterfaces: AgentRequest<readonly NetworkInterface[]> = {
  name: 'guest-network-get-interfaces',
  read: (value) =>
    listOf(value, (item) => ({
      name: textOf(objectOf(item)['name']),
      ...membersOf(item, {
        'hardware-address': textOf,
        'ip-addresses': (list) => listOf(list, addressOf),
        statistics: statisticsOf,
      }),
    })),
};

function addressOf(value: unknown): IpAddress {
  const { 'ip-address': address, 'ip-address-type': type, prefix } = objectOf(value);
  return {
    'ip-address': textOf(address),
    'ip-address-type': oneOf(type, ['ipv4', 'ipv6']),
    prefix: numberOf(prefix),
  };
}

function statisticsOf(value: unknown): InterfaceStatistics {
  const object = objectOf(value);
  return Object.fromEntries(counters.map((name) => [name, countOf(object[name])])) as InterfaceStatistics;
}

/** GuestNetworkRoute: the members that IPv4 and IPv6 share, and those of one of them. */
export interface Route {
  readonly iface: string;
  readonly destination: string;
  readonly metric: number;
  readonly version: number;
  readonly gateway?: string;
  readonly mask?: string;
  readonly desprefixlen?: string;
  readonly nexthop?: string;
}

export const getRoutes: AgentRequest<readonly Route[]> = {
  name: 'guest-network-get-route',
  read: (value) =>
    listOf(value, (item) => {
      const { iface, destination, metric, version } = objectOf(item);
      return {
        iface: textOf(iface),
        destination: textOf(destination),
        metric: numberOf(metric),
        version: countOf(version),
        ...membersOf(item, { gateway: textOf, mask: textOf, desprefixlen: textOf, nexthop: textOf }),
      };
    }),
};
