import type { ChardevBackend } from '../../qemu-syntax/chardev.js';
import type { JsonObject } from '../../language/json.js';
import { booleanOf, listOf, objectOf, textOf } from './json.js';

/** A command of QMP, and the parser of its result. */
export interface QmpRequest<Result> {
  readonly name: string;
  readonly arguments?: JsonObject;
  /** @throws QmpError `protocol` if QEMU's answer has an unexpected type */
  readonly read: (value: unknown) => Result;
}

/** The state of a chardev in QEMU (ChardevInfo of qapi/char.json). */
export interface ChardevInfo {
  /** Its id. */
  readonly label: string;
  /** `pty:/dev/pts/3`, `unix:/run/a.sock,server=on`, `disconnected:unix:...`: for messages. */
  readonly filename: string;
  /** Whether the guest has it open: for a console, whether its ring is connected. */
  readonly frontendOpen: boolean;
}

/** The result of adding a chardev. */
export interface ChardevReturn {
  /** The terminal that QEMU has created for a pty. */
  readonly pty?: string;
}

export const qmpCapabilities: QmpRequest<void> = { name: 'qmp_capabilities', read: ignore };

/** `running`, `prelaunch`, `paused` ... (RunState of qapi/run-state.json). */
export const queryStatus: QmpRequest<{ readonly status: string; readonly running: boolean }> = {
  name: 'query-status',
  read: (value) => {
    const { status, running } = objectOf(value);
    return { status: textOf(status), running: booleanOf(running) };
  },
};

/** All chardevs, in no particular order. */
export const queryChardev: QmpRequest<readonly ChardevInfo[]> = {
  name: 'query-chardev',
  read: (value) =>
    listOf(value, objectOf).map((chardev) => ({
      label: textOf(chardev['label']),
      filename: textOf(chardev['filename']),
      frontendOpen: booleanOf(chardev['frontend-open']),
    })),
};

/** The terminal that QEMU has created for a chardev of type pty; it is in the file name. */
export const terminalOf = (chardev: ChardevInfo | undefined): string | undefined =>
  /^pty:(.+)$/.exec(chardev?.filename ?? '')?.[1];

export const chardevAdd = (id: string, backend: ChardevBackend): QmpRequest<ChardevReturn> => ({
  name: 'chardev-add',
  arguments: { id, backend },
  read: readChardevReturn,
});

/** Rejected while a device uses it: `Chardev 'x' is busy`. */
export const chardevRemove = (id: string): QmpRequest<void> => ({
  name: 'chardev-remove',
  arguments: { id },
  read: ignore,
});

/** The properties of an object, its children among them (qapi/qom.json). */
export const qomList = (
  path: string,
): QmpRequest<readonly { readonly name: string; readonly type: string }[]> => ({
  name: 'qom-list',
  arguments: { path },
  read: (value) =>
    listOf(value, objectOf).map(({ name, type }) => ({ name: textOf(name), type: textOf(type) })),
});

/** A property of an object; each has its own type. */
export const qomGet = <Result>(
  path: string,
  property: string,
  read: (value: unknown) => Result,
): QmpRequest<Result> => ({ name: 'qom-get', arguments: { path, property }, read });

/** Adds a device to the running machine. @param settings those of `-device` */
export const deviceAdd = (
  driver: string,
  settings: Readonly<Record<string, string | number>>,
): QmpRequest<void> => ({ name: 'device_add', arguments: { driver, ...settings }, read: ignore });

/** Requests the removal of a device. Its chardev stays busy until QEMU has released the device. */
export const deviceDel = (id: string): QmpRequest<void> => ({
  name: 'device_del',
  arguments: { id },
  read: ignore,
});

/** Stops QEMU. It answers, and then closes the connection. */
export const quit: QmpRequest<void> = { name: 'quit', read: ignore };

function readChardevReturn(value: unknown): ChardevReturn {
  const { pty } = objectOf(value);
  return pty === undefined ? {} : { pty: textOf(pty) };
}

function ignore(): void {
  // The result is an empty object.
}
