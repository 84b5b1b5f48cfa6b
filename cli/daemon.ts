import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { AgentWatch } from '../lib/daemon/agent-watch.js';
import { EventBus } from '../lib/daemon/bus.js';
import { ClientWatch } from '../lib/daemon/client-watch.js';
import { controlMethods, findAgentSocket, findSockets } from '../lib/daemon/control.js';
import { Daemon } from '../lib/daemon/daemon.js';
import { Metrics } from '../lib/daemon/metrics.js';
import { parseMetricsAddress, serveMetrics } from '../lib/daemon/metrics-server.js';
import { daemonInterface } from '../lib/daemon/varlink/interfaces.js';
import { serveVarlink } from '../lib/daemon/varlink/server.js';
import { omitUndefined } from '../lib/language/omit-undefined.js';
import type { HvmDefaults } from '../lib/document/options.js';
import type { TransportOption } from '../lib/document/transport.js';
import { portMonitorSocket } from '../lib/qemu-syntax/port-monitor.js';
import { lookAtSockets } from '../lib/realize/host/serving.js';
import { parseMode, parseOwner, privateAccess, type SocketAccess } from '../lib/realize/qemu/access.js';
import { findQemu } from '../lib/realize/qemu/binary.js';
import { socketPath } from '../lib/realize/xenstore/socket.js';
import { exitCodes } from './exit-codes.js';
import { stopSignal } from './foreground.js';
import { guarded } from './guarded.js';
import { EventLog, log } from './log.js';

export interface DaemonOptions {
  readonly documents: string;
  readonly libvirtDir?: string | undefined;
  readonly runtimeDir: string;
  readonly qmpDir: string;
  readonly qemu: string | undefined;
  readonly backend: string;
  readonly transport: TransportOption | undefined;
  readonly hvmDefaults?: HvmDefaults;
  readonly maxInputSize: number;
  readonly socketMode: string | undefined;
  readonly socketOwner: string | undefined;
  readonly jobs: number;
  readonly control: string;
  readonly controlGroup: string | undefined;
  readonly metrics: string | undefined;
  readonly agentEvents: boolean;
  /** In seconds; absent: no such events. */
  readonly clientEvents: number | undefined;
  readonly verbose: boolean;
}

/** `virt2xen daemon`. Ends the process when it is stopped: nothing may keep it. @returns the exit status of a failure */
export async function runDaemon(args: DaemonOptions): Promise<number> {
  const status = await guarded(false, async () => {
    const { documents, runtimeDir, qmpDir, qemu, jobs, verbose, maxInputSize } = args;
    const { backend, transport, socketMode, socketOwner, hvmDefaults } = args;
    const stop = stopSignal(['SIGINT', 'SIGTERM']);
    // An owner that does not exist is an error of the command line.
    if (socketOwner !== undefined) await parseOwner(socketOwner);
    const defaults = omitUndefined({
      backend,
      transport,
      socketOwner,
      socketMode: socketMode === undefined ? undefined : parseMode(socketMode),
    });
    await mkdir(documents, { recursive: true, mode: 0o700 });
    await mkdir(runtimeDir, { recursive: true, mode: 0o700 });
    const bus = new EventBus();
    await using events = new EventLog();
    bus.listen(events.write);
    const metrics = new Metrics();
    bus.listen(metrics.count);
    const daemon = new Daemon({
      storePath: socketPath(process.env),
      documentDirectory: documents,
      ...(args.libvirtDir !== undefined && { libvirtDirectory: args.libvirtDir }),
      // Beside the other, so that a test can have its own.
      portSocket: join(dirname(args.control), basename(portMonitorSocket)),
      load: omitUndefined({ defaults, hvmDefaults, maxInputSize }),
      jobs,
      host: {
        runtimeDirectory: runtimeDir,
        qmpDirectory: qmpDir,
        findQemu: () => findQemu(qemu === undefined ? undefined : [qemu]),
        ...(verbose && { onStep: (what: string) => log('debug', what) }),
      },
      tell: bus.publish,
      countPass: metrics.countPass,
    });
    metrics.readFrom(daemon);
    if (args.agentEvents) bus.listen(watchAgents(daemon, bus, stop).follow);
    if (args.clientEvents !== undefined) watchClients(daemon, bus, args.clientEvents, stop);
    const address = args.metrics === undefined ? undefined : parseMetricsAddress(args.metrics);
    await using _metrics = address && (await serveMetrics(address, metrics));
    await using _control = await serveVarlink(args.control, await controlAccess(args), {
      vendor: 'virt2xen',
      product: 'virt2xend',
      version: packageJson.version,
      url: '',
      interfaces: { 'io.virt2xen': daemonInterface },
      methods: controlMethods(daemon, bus, metrics),
    });
    process.on('SIGHUP', () => void daemon.reload());
    await daemon.run(stop, () => notifySystemd('--ready'));
    return exitCodes.done;
  });
  process.exit(status);
}

function watchAgents(daemon: Daemon, bus: EventBus, signal: AbortSignal): AgentWatch {
  return new AgentWatch({
    find: (domain, channel) => findAgentSocket(daemon, domain, channel),
    tell: bus.publish,
    lockDirectory: join(daemon.host.runtimeDirectory, 'agent'),
    signal,
  });
}

function watchClients(daemon: Daemon, bus: EventBus, seconds: number, signal: AbortSignal): void {
  const watch = new ClientWatch({
    domains: () => (daemon.isConnected ? daemon.connection.domains.all : []),
    socketsOf: (domain) => findSockets(daemon, domain),
    lookAtSockets,
    everyMs: seconds * 1000,
    tell: bus.publish,
  });
  bus.listen(watch.follow);
  void watch.run(signal);
}

async function controlAccess({ controlGroup }: DaemonOptions): Promise<SocketAccess> {
  if (controlGroup === undefined) return privateAccess;
  return { mode: 0o660, owner: await parseOwner(`:${controlGroup}`) };
}

/** Tells systemd, if it has started this process: Node cannot send datagrams to a Unix socket, so its own tool does. */
function notifySystemd(what: string): void {
  if (process.env['NOTIFY_SOCKET'] === undefined) return;
  execFile('systemd-notify', [what], (error) => {
    if (error) log('warning', `systemd-notify ${what}: ${error.message}`);
  });
}
