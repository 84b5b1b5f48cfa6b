/**
 * The network between two machines of a lab: a cable. QEMU reads its end from one Unix socket, and writes to the other;
 * what a machine sends is lost while there is no other one.
 */
import { join } from 'node:path';

/** One end of the cable: a machine. */
export interface WireEnd {
  /** The name of the host. */
  readonly host: string;
  /** The address of the host on the network. */
  readonly address: string;
  readonly mac: string;
  /** The socket from which QEMU reads. */
  readonly socket: string;
}

/** Both ends of a cable. */
export interface Wire {
  readonly here: WireEnd;
  readonly there: WireEnd;
}

/** The end of the first machine. @param directory that of the first machine */
export const wireOf = (directory: string): Wire => ({
  here: endOf(directory, 'dom0', 1),
  there: endOf(directory, 'second', 2),
});

/** The end of the second machine. */
export const otherEnd = ({ here, there }: Wire): Wire => ({ here: there, there: here });

const endOf = (directory: string, host: string, number: number): WireEnd => ({
  host,
  address: `10.0.3.${number}`,
  mac: `52:54:00:00:03:0${number}`,
  socket: join(directory, `wire-${number}`),
});

/** The network card, which is eth1 in dom0. */
export const wireArguments = ({ here, there }: Wire): readonly string[] => [
  '-netdev',
  `dgram,id=wire,local.type=unix,local.path=${here.socket},remote.type=unix,remote.path=${there.socket}`,
  '-device',
  `virtio-net-pci,netdev=wire,romfile=,mac=${here.mac}`,
];

/** Options of Linux that init.sh gets as environment variables. */
export const wireOptions = ({ here }: Wire): string => `lab_host=${here.host} lab_address=${here.address}`;
