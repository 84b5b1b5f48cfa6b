import type { ArgumentsCamelCase, Argv, CommandModule } from 'yargs';
import { inputSizeOption, once, transportOption } from './options.js';
import { controlOption, documentsOption, qmpDirOption, runtimeDirOption } from './domain-options.js';
import { channelSettings, reportConfigured } from './configured.js';
import { backendOption, socketOptions } from './realize-options.js';

function builder<T>(yargs: Argv<T>) {
  const shared = qmpDirOption(runtimeDirOption(transportOption(inputSizeOption(yargs))));
  return socketOptions(backendOption(documentsOption(controlOption(shared))))
    .option('control-group', {
      describe: 'Group with access to the socket of the daemon; its members have the permissions of root',
      type: 'string',
      coerce: once<string>,
    })
    .option('libvirt-dir', {
      describe:
        "Where libvirt's Xen driver keeps the state of its domains, whose <metadata> can contain channels",
      type: 'string',
      default: '/run/libvirt/libxl',
      coerce: once<string>,
    })
    .option('metrics', {
      describe: 'Serve /metrics for Prometheus at a Unix socket, 127.0.0.1:PORT or [::1]:PORT (default: off)',
      type: 'string',
      coerce: once<string>,
    })
    .option('agent-events', {
      describe: 'Report when guest agents start and stop to answer; see docs/daemon.md',
      type: 'boolean',
      default: false,
    })
    .option('client-events', {
      describe:
        'Report when programs of this host connect to sockets of channels; look for them every so many seconds (default: off)',
      type: 'number',
      coerce: parseSeconds,
    })
    .option('qemu', { describe: 'QEMU binary (default: detected)', type: 'string' })
    .option('jobs', {
      describe: 'Number of domains to work on at the same time',
      type: 'number',
      default: 4,
      coerce: parseJobs,
    })
    .option('verbose', {
      alias: 'v',
      describe: 'Print each step to standard error',
      type: 'boolean',
      default: false,
    })
    .example('$0 daemon --socket-mode 0660 --socket-owner :kvm', 'Give a group access to all sockets');
}

function parseJobs(value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error('--jobs requires a positive number');
}

function parseSeconds(value: number | undefined): number | undefined {
  if (value === undefined || (value >= 0.1 && value <= 86_400)) return value;
  throw new Error('--client-events requires a number of seconds, at least 0.1');
}

type DaemonArguments = ArgumentsCamelCase<Awaited<ReturnType<typeof builder<object>>['argv']>>;

/** `virt2xen daemon`. The implementation is loaded on use. */
export const daemon: CommandModule<object, DaemonArguments> = {
  command: 'daemon',
  describe: 'Keep the channels of all domains attached, as the documents in a directory specify',
  builder: builder as unknown as (yargs: Argv) => Argv<DaemonArguments>,
  handler: async (args) => {
    const { runDaemon } = await import('../daemon.js');
    await reportConfigured({ ...args, json: false }, channelSettings, runDaemon);
  },
};
