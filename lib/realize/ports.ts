import { originOf } from '../diagnostics/origin.js';
import type { Report } from '../diagnostics/diagnostic.js';
import type { Channel } from '../model/channel.js';
import type { Chardev } from '../qemu-syntax/chardev.js';
import { chardevOf } from '../qemu-syntax/connection.js';
import { controllerId, numberFor, portNumbers } from '../qemu-syntax/port.js';
import { parsePortArguments } from '../qemu-syntax/port-arguments.js';
import { isSpareName } from '../qemu-syntax/port-rules.js';

/**
 * The place of a port. When a guest is saved, QEMU stores which places of each controller have ports, and it rejects
 * the restore unless the new device model has ports in exactly these (hw/char/virtio-serial-bus.c:
 * virtio_serial_load_device). libxl starts that device model with the arguments of the domain's config.
 */
export interface Slot {
  /** The bus of the controller: `virt2xen-serial.0`. */
  readonly bus: string;
  readonly nr: number;
}

/** A port, or a console in its place, among the arguments that a device model was started with. */
export interface DeclaredPort extends Slot {
  /** Both are absent for what a channel cannot express. */
  readonly name?: string;
  readonly chardev?: Chardev;
}

/** What belongs to virtio-serial in the arguments of a running device model. */
export interface DeclaredPorts {
  /** The buses of the controllers; ports are added to the first. */
  readonly buses: readonly string[];
  readonly ports: readonly DeclaredPort[];
}

/** A port in a running device model. */
export interface PresentPort extends Slot {
  /** The ID of the device; a port without one cannot be removed. */
  readonly id?: string;
  readonly name: string;
  /** The ID of its chardev; empty: none. */
  readonly chardev: string;
}

/** The desired state of a port that attach creates. Plain data. */
export interface PlannedPort extends Slot {
  readonly name: string;
  readonly chardev: Chardev;
}

/** Reads the arguments of a device model. The controller of virt2xen is the first, if it exists. */
export function declaredPorts(args: readonly string[]): DeclaredPorts {
  const { controllers, devices } = parsePortArguments(args);
  const buses = controllers.map(({ id }) => busOf(`${id ?? ''}.0`));
  const ours = `${controllerId}.0`;
  return {
    buses: buses.toSorted((a, b) => Number(b === ours) - Number(a === ours)),
    ports: devices.map(({ bus, nr, name, chardev }) => ({
      bus: busOf(bus),
      nr,
      ...(name !== undefined && { name }),
      ...(chardev && { chardev }),
    })),
  };
}

/** QEMU names the bus of a controller without an ID by its type. */
const busOf = (bus: string): string => (bus === '.0' ? 'virtio-serial-bus.0' : bus);

/** The declared ports that carry nothing, for the ports that attach creates. */
export const spareSlots = ({ ports }: DeclaredPorts): readonly DeclaredPort[] =>
  ports.filter(({ name }) => name !== undefined && isSpareName(name));

export const isSameSlot = (a: Slot, b: Slot): boolean => a.bus === b.bus && a.nr === b.nr;

/** Whether a port is in the config from which the guest would be restored. */
export const isDeclared = (slot: Slot, { ports }: DeclaredPorts): boolean =>
  ports.some((port) => isSameSlot(port, slot));

/** The differences that make the restore of a saved guest fail. */
export interface SaveProblems {
  /** Ports of the running guest that are not in its config. */
  readonly unsaved: readonly PresentPort[];
  /** Ports of its config that the running guest does not have. */
  readonly missing: readonly DeclaredPort[];
}

export const saveProblems = (declared: DeclaredPorts, present: readonly PresentPort[]): SaveProblems => ({
  unsaved: present.filter((port) => !isDeclared(port, declared)),
  missing: declared.ports.filter((port) => !present.some((one) => isSameSlot(one, port))),
});

/** The state that a plan starts from. */
export interface PortState {
  readonly declared: DeclaredPorts;
  readonly present: readonly PresentPort[];
  /** The ports that an earlier run has created, or was about to create; they keep their places. */
  readonly recorded: readonly PlannedPort[];
}

/**
 * Plans the ports for channels. A channel gets the place of a spare port, with which the guest can be saved; which one
 * follows from its name, so that a restored guest gets the same. Only if the caller allows it, a channel without a
 * spare port gets a place that is not in the config of the guest.
 *
 * @param report gets an error for each channel that cannot be attached, and a warning for each unsaved one
 */
export function planPorts(
  channels: readonly Channel[],
  { declared, present, recorded }: PortState,
  allowUnsaved: boolean,
  report: Report,
): readonly PlannedPort[] {
  const [bus] = declared.buses;
  const spares = spareSlots(declared).filter((slot) => slot.bus === bus);
  const kept = recorded.filter(({ name }) => channels.some((channel) => channel.name === name));
  const isFree = (nr: number): boolean =>
    bus !== undefined && !kept.some((one) => isSameSlot(one, { bus, nr }));
  const spare = new Set(spares.map(({ nr }) => nr).filter(isFree));
  const used = (nr: number): boolean =>
    present.some((port) => port.bus === bus && port.nr === nr) ||
    declared.ports.some((port) => port.bus === bus && port.nr === nr);
  const unused = new Set(portNumbers.filter((nr) => isFree(nr) && !used(nr)));

  const planOne = (channel: Channel): PlannedPort | undefined => {
    const { name, connection, log } = channel;
    const refuse = (why: string, hint?: string): undefined => {
      report.add('channel-attach', `channel '${name}': ${why}`, originOf(channel), hint);
      return undefined;
    };
    const made = chardevOf(connection);
    if ('refusal' in made) return refuse(made.refusal);
    if (bus === undefined) {
      return refuse(
        'the domain was started without a virtio-serial controller',
        'start the guest with spare ports',
      );
    }
    const chardev: Chardev = { ...made.chardev, ...(log && { log }) };
    const earlier = kept.find((port) => port.name === name);
    const nr =
      earlier?.nr ??
      choose(
        channel,
        spares.map((port) => port.nr),
        spare,
      ) ??
      (allowUnsaved ? choose(channel, portNumbers, unused) : undefined);
    if (nr === undefined && allowUnsaved) {
      return refuse('no free port; a virtio-serial controller has 30 ports');
    }
    if (nr === undefined) {
      report.add(
        'channel-attach',
        `channel '${name}': no spare virtio-serial port; with a port that is not in its config, a guest is lost when it is saved or migrated`,
        originOf(channel),
        {
          hint: 'start the guest with spare ports, or allow a port that prevents saving',
          remedy: { option: 'allowUnsaved' },
        },
      );
      return undefined;
    }
    const planned = { bus: earlier?.bus ?? bus, nr, name, chardev };
    if (!isDeclared(planned, declared)) {
      report.add(
        'channel-unsaved',
        `channel '${name}': port ${nr} is not in the config of the domain; do not save or migrate the guest before it is detached`,
        originOf(channel),
      );
    }
    return planned;
  };

  // In the order of the names: the order in the document does not matter.
  return channels.toSorted((a, b) => (a.name < b.name ? -1 : 1)).flatMap((channel) => planOne(channel) ?? []);
}

/** The number in the document, or one that follows from the name; it is no longer free then. */
function choose(
  { name, transport }: Channel,
  numbers: readonly number[],
  free: Set<number>,
): number | undefined {
  const given = transport?.kind === 'virtio-serial' ? transport.nr : undefined;
  const nr = given !== undefined && free.has(given) ? given : numberFor(name, numbers, free);
  if (nr !== undefined) free.delete(nr);
  return nr;
}
