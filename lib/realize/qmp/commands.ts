import { booleanOf, listOf, objectOf, textOf, type JsonObject } from './json.js';

/** A command of QMP, and how its result is read. */
export interface QmpRequest<Result> {
  readonly name: string;
  readonly arguments?: JsonObject;
  /** @throws QmpError `protocol` if QEMU's answer has another shape */
  readonly read: (value: unknown) => Result;
}

/** A chardev as QEMU sees it (ChardevInfo of qapi/char.json). */
export interface ChardevInfo {
  /** Its id. */
  readonly label: string;
  /** `pty:/dev/pts/3`, `unix:/run/a.sock,server=on`, `disconnected:unix:...`: for people. */
  readonly filename: string;
  /** Whether something in the guest has it open: for a console, whether its ring is connected. */
  readonly frontendOpen: boolean;
}

/** The `backend` of chardev-add (ChardevBackend of qapi/char.json). */
export interface QmpChardevBackend extends JsonObject {
  readonly type: string;
  readonly data: JsonObject;
}

/** What became of a chardev that was asked for. */
export interface ChardevReturn {
  /** The terminal that QEMU made for a pty. */
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

/** All chardevs, in no certain order. */
export const queryChardev: QmpRequest<readonly ChardevInfo[]> = {
  name: 'query-chardev',
  read: (value) =>
    listOf(value).map((chardev) => ({
      label: textOf(chardev['label']),
      filename: textOf(chardev['filename']),
      frontendOpen: booleanOf(chardev['frontend-open']),
    })),
};

export const chardevAdd = (id: string, backend: QmpChardevBackend): QmpRequest<ChardevReturn> => ({
  name: 'chardev-add',
  arguments: { id, backend },
  read: readChardevReturn,
});

/** QEMU refuses while a device uses it: `Chardev 'x' is busy`. */
export const chardevRemove = (id: string): QmpRequest<void> => ({
  name: 'chardev-remove',
  arguments: { id },
  read: ignore,
});

/** Ends QEMU. It answers, and then closes the connection. */
export const quit: QmpRequest<void> = { name: 'quit', read: ignore };

function readChardevReturn(value: unknown): ChardevReturn {
  const { pty } = objectOf(value);
  return pty === undefined ? {} : { pty: textOf(pty) };
}

function ignore(): void {
  // The result is an empty object.
}
