import { omitUndefined } from '../language/omit-undefined.js';
import { quoted } from '../text/controls.js';
import { argument, qemuOption, type QemuSetting } from './option.js';
import { isAtLeast, type QemuVersion } from './version.js';

declare const brand: unique symbol;

/** The ID of a chardev on the command line, in QMP, and in a console's `output` key. */
export type ChardevId = string & { readonly [brand]: 'ChardevId' };

/** The endpoint of a character device in QEMU (qapi/char.json). */
export type Chardev = ChardevEnd & {
  /** QEMU copies the guest's output to this file. */
  readonly log?: { readonly path: string; readonly append: boolean };
};

type ChardevEnd =
  | { readonly type: 'null' | 'pty' }
  /** Receives the guest's output; without `append`, the earlier content is overwritten. */
  | { readonly type: 'file'; readonly path: string; readonly append: boolean }
  /** Two FIFOs, PATH.in and PATH.out, or one for both directions; they must exist. */
  | { readonly type: 'pipe'; readonly path: string }
  /** A terminal device of the host, such as /dev/ttyS0, or a parallel port. */
  | { readonly type: 'serial' | 'parallel'; readonly path: string }
  | ({ readonly type: 'unix'; readonly path: string } & Side)
  | ({ readonly type: 'tcp'; readonly address: InetAddress; readonly telnet: boolean } & Side)
  /** `local` is the receiving address; absent: a port that the system chooses. */
  | { readonly type: 'udp'; readonly remote: InetAddress; readonly local?: InetAddress };

/** The `backend` of chardev-add (ChardevBackend of qapi/char.json). */
export interface ChardevBackend extends JsonObject {
  readonly type: string;
  readonly data: JsonObject;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** Whether it listens or connects. A listening chardev does not wait for a client before QEMU starts. */
export type Side =
  | { readonly mode: 'listen' }
  /** Without `reconnectSeconds`, the peer must be listening, and there is one attempt. */
  | { readonly mode: 'connect'; readonly reconnectSeconds?: number };

/** A host by name or address, empty for every address; a port by name or number. */
export interface InetAddress {
  readonly host: string;
  readonly port: string;
}

/**
 * @throws RangeError for an ID that the command line would reject (util/id.c: letters, digits, `-` `.` `_`, a
 *   letter first). chardev-add does not check IDs; the same rule applies here.
 */
export function chardevId(text: string): ChardevId {
  if (/^[A-Za-z][-._A-Za-z0-9]*$/.test(text)) return text as ChardevId;
  throw new RangeError(`${quoted(text)} is not a valid chardev id`);
}

/**
 * The value of `-chardev`. Paths are passed unchanged, whatever they contain.
 * @throws RangeError for a text that cannot be on a command line
 */
export function chardevOption(id: ChardevId, chardev: Chardev, version: QemuVersion): string {
  const { backend, settings } = formsOf(chardev, version);
  return qemuOption(backend, [['id', id], ...settings, ...logSettings(chardev)]);
}

/**
 * The same for QMP's chardev-add.
 * @throws RangeError for texts that cannot be on a command line: no path contains them either
 */
export function chardevBackend(chardev: Chardev, version: QemuVersion): ChardevBackend {
  const { backend, settings, data } = formsOf(chardev, version);
  for (const [, value] of [...settings, ...logSettings(chardev)]) argument(String(value));
  const { log } = chardev;
  return { type: backend, data: omitUndefined({ ...data, logfile: log?.path, logappend: log?.append }) };
}

/** One chardev in both of QEMU's syntaxes; the names differ in a few options. */
interface Forms {
  readonly backend: string;
  readonly settings: readonly QemuSetting[];
  readonly data: JsonObject;
}

function formsOf(chardev: ChardevEnd, version: QemuVersion): Forms {
  switch (chardev.type) {
    case 'null':
    case 'pty':
      return { backend: chardev.type, settings: [], data: {} };
    case 'file': {
      const { path, append } = chardev;
      const settings: readonly QemuSetting[] = [
        ['path', path],
        ['append', append],
      ];
      return { backend: 'file', settings, data: { out: path, append } };
    }
    case 'pipe':
    case 'serial':
    case 'parallel': {
      const { type, path } = chardev;
      return { backend: type, settings: [['path', path]], data: { device: path } };
    }
    case 'unix': {
      const { path } = chardev;
      const side = sideOf(chardev, version);
      return {
        backend: 'socket',
        settings: [['path', path], ...side],
        data: { addr: { type: 'unix', data: { path } }, ...Object.fromEntries(side) },
      };
    }
    case 'tcp': {
      const { address, telnet } = chardev;
      const side = [...sideOf(chardev, version), ['telnet', telnet] as const];
      return {
        backend: 'socket',
        settings: [['host', address.host], ['port', address.port], ...side],
        data: { addr: inet(address), ...Object.fromEntries(side) },
      };
    }
    case 'udp': {
      const { remote, local } = chardev;
      const from: readonly QemuSetting[] = local
        ? [
            ['localaddr', local.host],
            ['localport', local.port],
          ]
        : [];
      return {
        backend: 'udp',
        settings: [['host', remote.host], ['port', remote.port], ...from],
        data: omitUndefined({ remote: inet(remote), local: local && inet(local) }),
      };
    }
  }
}

/** These have the same names on the command line and in QMP. 9.2 added `reconnect-ms` and deprecated `reconnect`. */
function sideOf(side: Side, version: QemuVersion): readonly QemuSetting[] {
  if (side.mode === 'listen') {
    return [
      ['server', true],
      ['wait', false],
    ];
  }
  const { reconnectSeconds } = side;
  if (reconnectSeconds === undefined) return [['server', false]];
  const again: QemuSetting = isAtLeast(version, 9, 2)
    ? ['reconnect-ms', reconnectSeconds * 1000]
    : ['reconnect', reconnectSeconds];
  return [['server', false], again];
}

const logSettings = ({ log }: Chardev): readonly QemuSetting[] =>
  log
    ? [
        ['logfile', log.path],
        ['logappend', log.append],
      ]
    : [];

const inet = (address: InetAddress): JsonObject => ({ type: 'inet', data: { ...address } });
