import { expect } from 'chai';
import type { Connection } from '../../lib/model/connection.js';
import type { Chardev } from '../../lib/qemu-syntax/chardev.js';
import { chardevOf } from '../../lib/qemu-syntax/connection.js';

const made: readonly (readonly [Connection, Chardev])[] = [
  [{ kind: 'pty' }, { type: 'pty' }],
  [{ kind: 'null' }, { type: 'null' }],
  [
    { kind: 'socket', mode: 'listen', path: '/s' },
    { type: 'unix', mode: 'listen', path: '/s' },
  ],
  [
    { kind: 'socket', mode: 'connect', path: '/s', reconnectSeconds: 3 },
    { type: 'unix', mode: 'connect', path: '/s', reconnectSeconds: 3 },
  ],
  [
    { kind: 'file', path: '/f', append: true },
    { type: 'file', path: '/f', append: true },
  ],
  [
    { kind: 'pipe', path: '/p' },
    { type: 'pipe', path: '/p' },
  ],
  [
    { kind: 'device', path: '/dev/ttyS1' },
    { type: 'serial', path: '/dev/ttyS1' },
  ],
  [
    { kind: 'device', path: '/dev/parport0' },
    { type: 'parallel', path: '/dev/parport0' },
  ],
  [
    { kind: 'tcp', mode: 'listen', host: '', service: '1', protocol: 'telnet' },
    { type: 'tcp', mode: 'listen', address: { host: '', port: '1' }, telnet: true },
  ],
  [
    { kind: 'tcp', mode: 'connect', host: '', service: '1', protocol: 'raw' },
    { type: 'tcp', mode: 'connect', address: { host: 'localhost', port: '1' }, telnet: false },
  ],
  [
    { kind: 'udp', send: { service: '1' } },
    { type: 'udp', remote: { host: 'localhost', port: '1' } },
  ],
  [
    { kind: 'udp', send: { host: 'h', service: '1' }, receive: { service: '2' } },
    { type: 'udp', remote: { host: 'h', port: '1' }, local: { host: '', port: '2' } },
  ],
];

const refused: readonly (readonly [Connection, string])[] = [
  [{ kind: 'socket', mode: 'listen' }, 'socket without a path'],
  [{ kind: 'socket', mode: 'listen', path: 's' }, 'not absolute'],
  [{ kind: 'file', path: '/dev/fdset/1', append: true }, 'reserved by QEMU'],
  [{ kind: 'tcp', mode: 'listen', host: '', service: '1', protocol: 'tls' }, 'certificates'],
  [{ kind: 'tcp', mode: 'listen', host: '', service: '1', protocol: 'telnets' }, 'telnet over TLS'],
  [{ kind: 'udp', send: {} }, 'UDP without a destination port'],
  [{ kind: 'stdio' }, 'standard input'],
  [{ kind: 'vc' }, 'text console'],
  [{ kind: 'spicevmc' }, 'SPICE'],
  [{ kind: 'spiceport', channel: 'c' }, 'SPICE'],
  [{ kind: 'nmdm', master: '/m', slave: '/s' }, 'FreeBSD'],
  [{ kind: 'qemu-vdagent' }, 'display'],
  [{ kind: 'dbus' }, 'display'],
];

describe("a connection's chardev", () => {
  for (const [connection, chardev] of made) {
    it(`is created for ${JSON.stringify(connection)}`, () => {
      expect(chardevOf(connection)).to.deep.equal({ chardev });
    });
  }

  for (const [connection, reason] of refused) {
    it(`is rejected for ${JSON.stringify(connection)}, with the reason`, () => {
      expect(chardevOf(connection)).to.have.property('refusal').that.contains(reason);
    });
  }
});
