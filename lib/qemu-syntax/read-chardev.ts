import { chardevId, type Chardev, type ChardevId, type Side } from './chardev.js';
import { parseQemuOption } from './option.js';

/**
 * Reads the value of `-chardev`.
 * @returns undefined for what `Chardev` cannot express: TLS, an abstract socket, a multiplexer ...
 */
export function parseChardevOption(
  text: string,
): { readonly id: ChardevId; readonly chardev: Chardev } | undefined {
  const { first, settings } = parseQemuOption(text);
  const taken = new Settings(settings);
  const backend = first ?? taken.text('backend');
  const id = taken.text('id');
  if (backend === undefined || id === undefined || !/^[A-Za-z][-._A-Za-z0-9]*$/.test(id)) return undefined;
  const end = readEnd(backend, taken);
  const path = taken.text('logfile');
  const append = taken.flag('logappend');
  if (!end || !taken.isComplete) return undefined;
  return { id: chardevId(id), chardev: { ...end, ...(path !== undefined && { log: { path, append } }) } };
}

/** The settings of a chardev; what nothing has taken cannot be expressed. */
class Settings {
  readonly #left: Map<string, string>;
  #isValid = true;

  constructor(settings: ReadonlyMap<string, string>) {
    this.#left = new Map(settings);
  }

  text(name: string): string | undefined {
    const value = this.#left.get(name);
    this.#left.delete(name);
    return value;
  }

  /** QEMU's booleans (qapi/qapi-util.c: qapi_bool_parse); absent: off. */
  flag(name: string): boolean {
    const value = this.text(name) ?? 'off';
    const isOn = ['on', 'yes', 'true', 'y'].includes(value);
    if (!isOn && !['off', 'no', 'false', 'n'].includes(value)) this.#isValid = false;
    return isOn;
  }

  /** A number of whole seconds; absent or 0: never. */
  seconds(name: string, perSecond: number): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const seconds = /^[0-9]{1,12}$/.test(value) ? Number(value) / perSecond : NaN;
    if (!Number.isInteger(seconds)) this.#isValid = false;
    return seconds === 0 ? undefined : seconds;
  }

  get isComplete(): boolean {
    return this.#isValid && this.#left.size === 0;
  }
}

function readEnd(backend: string, settings: Settings): Chardev | undefined {
  switch (backend) {
    case 'null':
    case 'pty':
      return { type: backend };
    case 'file':
      return withPath(settings, (path) => ({ type: 'file', path, append: settings.flag('append') }));
    case 'pipe':
      return withPath(settings, (path) => ({ type: 'pipe', path }));
    // The second names are older.
    case 'serial':
    case 'tty':
      return withPath(settings, (path) => ({ type: 'serial', path }));
    case 'parallel':
    case 'parport':
      return withPath(settings, (path) => ({ type: 'parallel', path }));
    case 'socket':
      return readSocket(settings);
    case 'udp':
      return readUdp(settings);
    default:
      return undefined;
  }
}

function withPath(settings: Settings, make: (path: string) => Chardev): Chardev | undefined {
  const path = settings.text('path');
  return path === undefined ? undefined : make(path);
}

function readSocket(settings: Settings): Chardev | undefined {
  const [path, host, port] = ['path', 'host', 'port'].map((name) => settings.text(name));
  const side = readSide(settings);
  const telnet = settings.flag('telnet');
  if (path !== undefined) {
    return host === undefined && port === undefined && !telnet ? { type: 'unix', path, ...side } : undefined;
  }
  return port === undefined
    ? undefined
    : { type: 'tcp', address: { host: host ?? '', port }, telnet, ...side };
}

/** Whether a listening socket waits for a client before the guest starts is not a property of a channel. */
function readSide(settings: Settings): Side {
  const isServer = settings.flag('server');
  settings.text('wait');
  const again = settings.seconds('reconnect', 1) ?? settings.seconds('reconnect-ms', 1000);
  if (isServer) return { mode: 'listen' };
  return { mode: 'connect', ...(again !== undefined && { reconnectSeconds: again }) };
}

function readUdp(settings: Settings): Chardev | undefined {
  const [host, port] = [settings.text('host') ?? 'localhost', settings.text('port')];
  const [localHost, localPort] = [settings.text('localaddr'), settings.text('localport')];
  if (port === undefined) return undefined;
  const isLocal = localHost !== undefined || localPort !== undefined;
  const local = { host: localHost ?? '', port: localPort ?? '0' };
  return { type: 'udp', remote: { host, port }, ...(isLocal && { local }) };
}
