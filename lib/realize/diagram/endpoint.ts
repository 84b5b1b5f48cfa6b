import type { Chardev, InetAddress, Side } from '../../qemu-syntax/chardev.js';
import type { PathPart, PartState } from './channel-path.js';

/** The host side of a channel, for a diagram. */
export interface DrawnEndpoint {
  readonly kind: keyof typeof titles;
  /** Its path or address, and what else is known of it. */
  readonly details: readonly string[];
  /** What a program does to use it; absent: no program can. */
  readonly use?: string;
}

const titles = {
  pty: 'terminal',
  socket: 'Unix socket',
  file: 'file',
  pipe: 'pipe',
  serial: 'serial port',
  parallel: 'parallel port',
  tcp: 'TCP port',
  udp: 'UDP port',
  null: 'null',
  other: 'endpoint',
} as const;

/** How a program uses an endpoint of which no more is known than its kind. */
export const usesOf: Readonly<Record<keyof typeof titles, string | undefined>> = {
  pty: 'opens the terminal',
  socket: 'is the peer of the socket',
  file: 'reads the file',
  pipe: 'opens the pipe',
  serial: 'is at the other end of the line',
  parallel: 'is at the other end of the line',
  tcp: 'is the peer of the port',
  udp: 'sends and receives datagrams',
  null: undefined,
  other: 'is not known',
};

/** The program and the endpoint that it uses. */
export function endpointParts(
  { kind, details, use }: DrawnEndpoint,
  place: string,
  state?: PartState,
): readonly PathPart[] {
  const common = { place, nodes: [] };
  return [
    ...(use === undefined ? [] : [{ ...common, kind: 'program', title: 'program', details: [use] } as const]),
    { ...common, kind: 'endpoint', title: titles[kind], details, ...(state && { state }) },
  ];
}

/** The endpoint of a planned chardev. */
export function endpointOfChardev(chardev: Chardev): DrawnEndpoint {
  switch (chardev.type) {
    case 'pty':
      return drawn('pty', ['a pty, whose path QEMU writes to the node tty']);
    case 'null':
      return drawn('null', ['the output of the guest is discarded']);
    case 'file':
      return drawn('file', [chardev.path, chardev.append ? 'appended to' : 'overwritten']);
    case 'pipe':
      return drawn('pipe', [`${chardev.path}.in`, `${chardev.path}.out`]);
    case 'serial':
    case 'parallel':
      return drawn(chardev.type, [chardev.path]);
    case 'unix':
      return { kind: 'socket', details: [chardev.path, ...retry(chardev)], use: peer('the socket', chardev) };
    case 'tcp':
      return {
        kind: 'tcp',
        details: [addressText(chardev.address), ...(chardev.telnet ? ['telnet'] : []), ...retry(chardev)],
        use: peer('the port', chardev),
      };
    case 'udp':
      return drawn('udp', [
        `to ${addressText(chardev.remote)}`,
        ...(chardev.local ? [`from ${addressText(chardev.local)}`] : []),
      ]);
  }
}

function drawn(kind: DrawnEndpoint['kind'], details: readonly string[]): DrawnEndpoint {
  const use = usesOf[kind];
  return { kind, details, ...(use !== undefined && { use }) };
}

const peer = (what: string, { mode }: Side): string =>
  mode === 'listen' ? `connects to ${what}` : `listens on ${what}`;

function retry(side: Side): readonly string[] {
  if (side.mode === 'listen') return [];
  const { reconnectSeconds } = side;
  return [
    reconnectSeconds === undefined ? 'QEMU connects' : `QEMU connects, again every ${reconnectSeconds} s`,
  ];
}

/** Empty: every address. */
const addressText = ({ host, port }: InetAddress): string =>
  `${host.includes(':') ? `[${host}]` : host || '*'}:${port}`;
