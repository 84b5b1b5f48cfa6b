/** Clients and buffered bytes of a listening Unix socket. */
export interface SocketQueues {
  /** Connected programs. QEMU serves one at a time. */
  readonly clients: number;
  /** Programs waiting to be accepted. */
  readonly pending: number;
  /** Bytes sent by the client that the backend has not read, because the guest does not read. */
  readonly toGuestBytes: number;
  /** Bytes the client has not read. The buffer inside QEMU is not visible. */
  readonly toHostBytes: number;
}

/** A Unix socket as `ss` of iproute2 prints it. */
interface SocketRow {
  readonly state: string;
  readonly received: number;
  readonly path: string;
  readonly inode: string;
  readonly peer: string;
}

/** Parses the output of `ss --unix --all --numeric --no-header`. Only lines of streams are used. */
export function readSockets(text: string): readonly SocketRow[] {
  const row = /^u_str +(\S+) +(\d+) +\d+ +(.*) (\d+) +\S+ (\d+) *$/;
  return text.split('\n').flatMap((line) => {
    const [, state, received, path, inode, peer] = row.exec(line) ?? [];
    if (state === undefined || path === undefined || inode === undefined || peer === undefined) return [];
    return [{ state, received: Number(received), path, inode, peer }];
  });
}

/**
 * @param paths the paths that it can be listed by: the kernel stores the one that it was bound to
 * @returns undefined if no process listens there
 */
export function queuesOf(sockets: readonly SocketRow[], paths: readonly string[]): SocketQueues | undefined {
  const own = sockets.filter(({ path }) => paths.includes(path));
  // unix(7): the receive queue of a listening socket contains connections.
  const listening = own.find(({ state }) => state === 'LISTEN');
  if (!listening) return undefined;
  const accepted = own.filter(({ state }) => state === 'ESTAB');
  const clients = sockets.filter(({ inode }) => accepted.some(({ peer }) => peer === inode));
  return {
    clients: accepted.length,
    pending: listening.received,
    toGuestBytes: sum(accepted),
    toHostBytes: sum(clients),
  };
}

/**
 * The inodes of the clients that a listening socket has accepted.
 * @returns undefined if no process listens there
 */
export function clientInodes(
  sockets: readonly SocketRow[],
  paths: readonly string[],
): readonly string[] | undefined {
  const own = sockets.filter(({ path }) => paths.includes(path));
  if (!own.some(({ state }) => state === 'LISTEN')) return undefined;
  return own.filter(({ state }) => state === 'ESTAB').map(({ peer }) => peer);
}

const sum = (sockets: readonly SocketRow[]): number =>
  sockets.reduce((total, { received }) => total + received, 0);
