import type { ChannelFacts } from './facts.js';
import { bytesOf, socketPathLimit } from './socket-path.js';
import { ok, type Check } from './verdict.js';

/** Of a domain with channels. */
export const channels: Check = ({ domains }) =>
  domains.flatMap((domain) => {
    const faults = domain.channels.flatMap((channel) =>
      channelChecks.flatMap((check) => {
        const fault = check(channel);
        if (!fault) return [];
        const [severity, finding, mend] = fault;
        const where = `channel '${channel.name}' (${channel.devid}) of ${domain.name} (${domain.domid})`;
        return [{ check: 'channel', severity, finding: `${where}: ${finding}`, mend }];
      }),
    );
    if (domain.channels.length === 0 || faults.length > 0) return faults;
    const count = domain.channels.length === 1 ? '1 channel' : `${domain.channels.length} channels`;
    return ok('domain', `${domain.name} (${domain.domid}): ${count}, all served`);
  });

type ChannelCheck = (
  channel: ChannelFacts,
) => readonly [severity: 'warning' | 'error', finding: string, mend: string] | undefined;

const isServed: ChannelCheck = ({ server, madeBy }) => {
  if (server.kind !== 'nobody') return undefined;
  const mend =
    madeBy === 'virt2xen'
      ? 'virt2xen attach it again: the guest goes on'
      : 'restart the domain, or start a QEMU for it with -xen-attach';
  return ['error', 'nobody serves it; a guest that writes much to it hangs', mend];
};

const isServedOnce: ChannelCheck = ({ server }) => {
  if (server.kind !== 'qemu' || server.pids.length < 2) return undefined;
  const pids = server.pids.join(' and ');
  return ['error', `QEMUs ${pids} take its bytes from each other`, 'end the one that should not be there'];
};

/** hvc_xen.c reads one digit of the number, and hvc_console.c has 8 terminals. */
const mostDevid = 7;

const isSeen: ChannelCheck = ({ devid }) =>
  devid > mostDevid
    ? ['warning', 'a Linux guest does not find it', `give the domain no more than ${mostDevid} channels`]
    : undefined;

const isReachable: ChannelCheck = ({ socket, server, madeBy }) => {
  if (!socket || server.kind !== 'qemu') return undefined;
  if (bytesOf(socket.path) > socketPathLimit) {
    const mend = `choose a path of at most ${socketPathLimit} bytes`;
    return ['error', `its socket's path is too long: ${socket.path}`, mend];
  }
  if (socket.isThere) return undefined;
  const mend = madeBy === 'virt2xen' ? 'virt2xen attach it again' : 'restart the domain';
  return ['error', `its socket is not there: ${socket.path}`, mend];
};

const wasKept: ChannelCheck = ({ frontend }) =>
  frontend === 'absent'
    ? ['warning', 'the guest has removed its side of it', 'virt2xen attach it again, or restart the domain']
    : undefined;

const channelChecks: readonly ChannelCheck[] = [isServed, isServedOnce, isSeen, isReachable, wasKept];
