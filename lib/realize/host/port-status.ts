import { setTimeout as delay } from 'node:timers/promises';
import { omitUndefined } from '../../language/omit-undefined.js';
import { isSpareName } from '../../qemu-syntax/port-rules.js';
import { argumentsOf } from '../dom0/arguments.js';
import { foreignDeviceModel } from '../dom0/device-model-pid.js';
import { isThere, type RunningDomain } from '../dom0/domain.js';
import { withDeviceModel } from '../dom0/monitor.js';
import { RealizeError } from '../error.js';
import {
  declaredPorts,
  isDeclared,
  isSameSlot,
  saveProblems,
  spareSlots,
  type DeclaredPorts,
  type PlannedPort,
  type PresentPort,
} from '../ports.js';
import { attachedId, presentPorts } from '../qemu/port.js';
import { queryChardev, terminalOf, type ChardevInfo } from '../qmp/commands.js';
import { QmpError } from '../qmp/error.js';
import type { Nodes } from '../xenstore/nodes.js';
import { endpointOf, type Endpoint } from './endpoint.js';
import { observeChannels } from './observe.js';
import type { Waited } from './wait.js';

/** A virtio-serial port of a running domain. */
export interface PortStatus {
  readonly nr: number;
  readonly bus: string;
  readonly name: string;
  /** Whether a program in the guest has it open; `unknown` if the monitor of the device model does not answer. */
  readonly state: 'open' | 'closed' | 'unknown';
  /** `config`: created with the guest. */
  readonly createdBy: 'config' | 'virt2xen' | 'other';
  /** Whether it is in the config from which the guest would be restored. */
  readonly isSaved: boolean;
  readonly endpoint: Endpoint;
}

/** The ports of a domain whose device model has a virtio-serial controller. */
export interface PortsStatus {
  /** Without the spare ones. */
  readonly ports: readonly PortStatus[];
  /** The number of ports that attach can replace. */
  readonly sparePorts: number;
  /**
   * Whether the ports are those of the config: otherwise the guest cannot be restored after a save or migration.
   * Absent if the monitor does not answer.
   */
  readonly isSavable?: boolean;
}

/** libxl may use the monitor at the same time. */
const lookMs = 2000;

/**
 * Observes the ports of a domain through its device model's monitor, with a short connection: it serves one client
 * at a time, and libxl needs it.
 *
 * @param recorded the ports that attach has created
 * @returns undefined for a domain without a virtio-serial controller
 */
export async function observePorts(
  store: Nodes,
  domain: RunningDomain,
  qmpDirectory: string,
  recorded: readonly PlannedPort[],
): Promise<PortsStatus | undefined> {
  const pid = await foreignDeviceModel(store, domain.domid);
  const args = pid === undefined ? undefined : await argumentsOf(Number(pid), domain.domid);
  const declared = declaredPorts(args ?? []);
  if (declared.buses.length === 0) return undefined;
  const seen = await look(domain, qmpDirectory);
  const present = seen?.present ?? expected(declared, recorded);
  const { unsaved, missing } = saveProblems(declared, present);
  const spare = spareSlots(declared).filter((slot) =>
    present.some((port) => isSameSlot(port, slot) && isSpareName(port.name)),
  );
  return {
    ports: present
      .filter(({ name }) => !isSpareName(name))
      .toSorted((a, b) => a.nr - b.nr)
      .map((port) => statusOfPort(port, seen?.chardevs, declared, recorded)),
    sparePorts: spare.length,
    ...(seen && { isSavable: unsaved.length === 0 && missing.length === 0 }),
  };
}

interface Seen {
  readonly present: readonly PresentPort[];
  readonly chardevs: readonly ChardevInfo[];
}

async function look(domain: RunningDomain, qmpDirectory: string): Promise<Seen | undefined> {
  try {
    return await withDeviceModel(
      { qmpDirectory },
      domain,
      async (qmp) => ({ present: await presentPorts(qmp), chardevs: await qmp.execute(queryChardev) }),
      lookMs,
    );
  } catch (error) {
    if (error instanceof RealizeError || error instanceof QmpError) return undefined;
    throw error;
  }
}

/** The ports that should exist. */
const expected = (declared: DeclaredPorts, recorded: readonly PlannedPort[]): readonly PresentPort[] => [
  ...declared.ports
    .filter((port) => !recorded.some((other) => isSameSlot(port, other)))
    .map(({ bus, nr, name = '' }) => ({ bus, nr, name, chardev: '' })),
  ...recorded.map(({ bus, nr, name }) => ({ bus, nr, name, id: attachedId(nr), chardev: attachedId(nr) })),
];

function statusOfPort(
  port: PresentPort,
  chardevs: readonly ChardevInfo[] | undefined,
  declared: DeclaredPorts,
  recorded: readonly PlannedPort[],
): PortStatus {
  const { bus, nr, name, id } = port;
  const isOurs = id === attachedId(nr);
  const given = (isOurs ? recorded : declared.ports).find(
    (one) => isSameSlot(one, port) && one.name === name,
  );
  const info = chardevs?.find(({ label }) => label === port.chardev);
  const path = terminalOf(info);
  const endpoint = given?.chardev ? endpointOf(given.chardev) : undefined;
  return {
    nr,
    bus,
    name,
    state: info === undefined ? (chardevs ? 'closed' : 'unknown') : info.frontendOpen ? 'open' : 'closed',
    createdBy: isOurs ? 'virt2xen' : isDeclared(port, declared) ? 'config' : 'other',
    isSaved: isDeclared(port, declared),
    endpoint:
      endpoint ?? (given?.chardev?.type === 'pty' ? omitUndefined({ kind: 'pty', path }) : { kind: 'other' }),
  };
}

/** QEMU reports changes to a client that stays connected only, and libxl could not use the monitor meanwhile. */
const pollMs = 500;

/** The state of a port to wait for. */
export type PortGoal = 'open' | 'closed';

/** The result of a wait; `port` is the last observed state. */
export interface PortWaited extends Pick<Waited, 'outcome'> {
  readonly port?: PortStatus;
}

/**
 * Waits until a program in the guest has opened a port, or has closed it. A port that does not exist is closed; it can
 * be waited for. The end of the domain closes all ports.
 *
 * @throws RealizeError `channel` for a PV console, of which the host cannot determine it; XenstoreError
 */
export async function waitForPort(
  { store, qmpDirectory }: { readonly store: Nodes; readonly qmpDirectory: string },
  domain: RunningDomain,
  name: string,
  goal: PortGoal,
  signal?: AbortSignal,
): Promise<PortWaited> {
  let port: PortStatus | undefined;
  const seen = (outcome: PortWaited['outcome']): PortWaited => omitUndefined({ outcome, port });
  for (;;) {
    if (!(await isThere(store, domain))) {
      port = undefined;
      return seen(goal === 'closed' ? 'reached' : 'domain-ended');
    }
    const status = await observePorts(store, domain, qmpDirectory, []);
    port = status?.ports.find((one) => one.name === name);
    if (!port && (await observeChannels(store, domain.domid)).some((channel) => channel.name === name)) {
      throw new RealizeError(
        'channel',
        `channel '${name}' is a PV console: the host cannot determine whether a program has it open`,
      );
    }
    if (port ? port.state === goal : goal === 'closed') return seen('reached');
    try {
      await delay(pollMs, undefined, signal && { signal });
    } catch (error) {
      if (signal?.aborted) return seen('timeout');
      throw error;
    }
  }
}
