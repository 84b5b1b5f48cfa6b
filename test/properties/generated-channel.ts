import fc from 'fast-check';
import type { Channel, Connection, Endpoint } from '../../lib/index.js';
import { plainWord, type Texts } from './texts.js';

const seconds = fc.integer({ min: 0, max: 999_999_999 });
const port = fc.integer({ min: 1, max: 65535 }).map(String);

/** Every kind of connection. An empty host or port is absent instead. */
export function connection({ word, path }: Texts): fc.Arbitrary<Connection> {
  const service = fc.oneof({ weight: 2, arbitrary: port }, { weight: 1, arbitrary: word });
  const endpoint: fc.Arbitrary<Endpoint> = fc.record(
    { host: word, service },
    { requiredKeys: [], noNullPrototype: true },
  );
  return fc.oneof(
    { weight: 6, arbitrary: fc.constant<Connection>({ kind: 'pty' }) },
    { weight: 8, arbitrary: socket(path) },
    {
      weight: 2,
      arbitrary: fc.record(
        { kind: fc.constant('file' as const), path, append: fc.boolean() },
        { noNullPrototype: true },
      ),
    },
    {
      weight: 1,
      arbitrary: fc.record(
        { kind: fc.constantFrom('pipe' as const, 'device' as const), path },
        { noNullPrototype: true },
      ),
    },
    { weight: 1, arbitrary: tcp(word, service) },
    {
      weight: 1,
      arbitrary: fc.record(
        { kind: fc.constant('udp' as const), send: endpoint, receive: endpoint },
        { requiredKeys: ['kind', 'send'], noNullPrototype: true },
      ),
    },
    { weight: 1, arbitrary: word.map((channel): Connection => ({ kind: 'spiceport', channel })) },
    {
      weight: 1,
      arbitrary: fc.tuple(word, word).map(([master, slave]): Connection => ({ kind: 'nmdm', master, slave })),
    },
    {
      weight: 2,
      arbitrary: fc
        .constantFrom(
          'null' as const,
          'stdio' as const,
          'vc' as const,
          'spicevmc' as const,
          'qemu-vdagent' as const,
          'dbus' as const,
        )
        .map((kind): Connection => ({ kind })),
    },
  );
}

/** A client can reconnect. */
const reconnecting = fc.record({ reconnectSeconds: seconds }, { requiredKeys: [], noNullPrototype: true });

function socket(path: fc.Arbitrary<string>): fc.Arbitrary<Connection> {
  return fc.oneof(
    fc.record(
      { kind: fc.constant('socket' as const), mode: fc.constant('listen' as const), path },
      { requiredKeys: ['kind', 'mode'], noNullPrototype: true },
    ),
    fc
      .tuple(path, reconnecting)
      .map(([given, again]): Connection => ({ kind: 'socket', mode: 'connect', path: given, ...again })),
  );
}

function tcp(word: fc.Arbitrary<string>, service: fc.Arbitrary<string>): fc.Arbitrary<Connection> {
  const end = fc.record(
    {
      kind: fc.constant('tcp' as const),
      host: fc.oneof(word, fc.constantFrom('', '::1', '127.0.0.1')),
      service,
      protocol: fc.constantFrom('raw' as const, 'telnet' as const, 'telnets' as const, 'tls' as const),
    },
    { noNullPrototype: true },
  );
  return fc.oneof(
    end.map((given): Connection => ({ ...given, mode: 'listen' })),
    fc
      .tuple(end, reconnecting)
      .map(([given, again]): Connection => ({ ...given, mode: 'connect', ...again })),
  );
}

/** A channel with texts of `given` as its name, path and backend; they can also be empty. */
export function channel(given: Texts): fc.Arbitrary<Channel> {
  const orEmpty = { weight: 1, arbitrary: fc.constant('') };
  const texts = { ...given, path: fc.oneof({ weight: 15, arbitrary: given.path }, orEmpty) };
  const name = fc.oneof(
    { weight: 8, arbitrary: texts.word },
    { weight: 1, arbitrary: fc.constantFrom('', 'virt2xen.pad', 'org.qemu.guest_agent.0') },
  );
  return fc.record(
    {
      name,
      connection: connection(texts),
      backendDomain: fc.oneof({ weight: 15, arbitrary: texts.word }, orEmpty),
    },
    { requiredKeys: ['name', 'connection'], noNullPrototype: true },
  );
}

/** Valid channels: each has a unique plain name, and a pty or a socket of its own. */
export const harmlessChannels: fc.Arbitrary<readonly Channel[]> = fc.uniqueArray(
  fc
    .tuple(plainWord, fc.boolean(), fc.option(plainWord, { nil: undefined }))
    .map(([name, isSocket, backendDomain]): Channel => ({
      name,
      connection: isSocket ? { kind: 'socket', path: `/run/${name}.sock`, mode: 'listen' } : { kind: 'pty' },
      ...(backendDomain !== undefined && { backendDomain }),
    })),
  { selector: ({ name }) => name, maxLength: 9 },
);
