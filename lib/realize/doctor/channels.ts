import { maximumChannels, maximumSocketPathBytes } from '../../model/limits.js';
import type { ChannelFacts } from './facts.js';
import { bytesOf } from './socket-path.js';
import { ok, type Check } from './finding.js';

/** Checks the channels of each domain. */
export const channels: Check = ({ domains }) =>
  domains.flatMap((domain) => {
    const faults = domain.channels.flatMap((channel) =>
      channelChecks.flatMap((check) => {
        const fault = check(channel);
        if (!fault) return [];
        const [severity, message, fix] = fault;
        const where = `channel '${channel.name}' (${channel.devid}) of ${domain.name} (${domain.domid})`;
        return [{ check: 'channel', severity, message: `${where}: ${message}`, fix }];
      }),
    );
    if (domain.channels.length === 0 || faults.length > 0) return faults;
    const count = domain.channels.length === 1 ? '1 channel' : `${domain.channels.length} channels`;
    return ok('domain', `${domain.name} (${domain.domid}): ${count}, all served`);
  });

type ChannelCheck = (
  channel: ChannelFacts,
) => readonly [severity: 'warning' | 'error', message: string, fix: string] | undefined;

const isServed: ChannelCheck = ({ servedBy, createdBy }) => {
  if (servedBy.kind !== 'none') return undefined;
  const fix =
    createdBy === 'virt2xen'
      ? 'run virt2xen attach again; the guest keeps running'
      : 'restart the domain, or start a QEMU for it with -xen-attach';
  return ['error', 'no process serves this channel; a guest that writes to it may hang', fix];
};

const isServedOnce: ChannelCheck = ({ servedBy }) => {
  if (servedBy.kind !== 'qemu' || servedBy.pids.length < 2) return undefined;
  const pids = servedBy.pids.join(' and ');
  return [
    'error',
    `served by several QEMU processes (${pids}), which take bytes from each other`,
    'stop the extra process',
  ];
};

const isSeen: ChannelCheck = ({ devid }) =>
  devid > maximumChannels
    ? ['warning', 'a Linux guest cannot use it', `use at most ${maximumChannels} channels`]
    : undefined;

const isReachable: ChannelCheck = ({ socket, servedBy, createdBy }) => {
  if (!socket || servedBy.kind !== 'qemu') return undefined;
  if (bytesOf(socket.path) > maximumSocketPathBytes) {
    const fix = `use a path of at most ${maximumSocketPathBytes} bytes`;
    return ['error', `socket path too long: ${socket.path}`, fix];
  }
  if (socket.isThere) return undefined;
  const fix = createdBy === 'virt2xen' ? 'run virt2xen attach again' : 'restart the domain';
  return ['error', `socket does not exist: ${socket.path}`, fix];
};

const wasPreserved: ChannelCheck = ({ frontendState }) =>
  frontendState === 'absent'
    ? ['warning', 'the guest has removed its frontend', 'run virt2xen attach again, or restart the domain']
    : undefined;

const channelChecks: readonly ChannelCheck[] = [isServed, isServedOnce, isSeen, isReachable, wasPreserved];
