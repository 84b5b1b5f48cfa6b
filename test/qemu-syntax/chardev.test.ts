import { expect } from 'chai';
import { chardevBackend, chardevId, chardevOption, type Chardev } from '../../lib/qemu-syntax/chardev.js';
import type { QemuVersion } from '../../lib/qemu-syntax/version.js';

const old: QemuVersion = { major: 7, minor: 2, micro: 22, package: '' };
const recent: QemuVersion = { major: 10, minor: 0, micro: 0, package: '' };
const id = chardevId('c1');

/** Each kind as an option and as a QMP argument, as documented by QEMU (qemu-options.hx, qapi/char.json). */
const kinds: readonly (readonly [what: string, chardev: Chardev, option: string, backend: object])[] = [
  ['null', { type: 'null' }, 'null,id=c1', { type: 'null', data: {} }],
  ['a pty', { type: 'pty' }, 'pty,id=c1', { type: 'pty', data: {} }],
  [
    'a new file',
    { type: 'file', path: '/f', append: false },
    'file,id=c1,path=/f,append=off',
    { type: 'file', data: { out: '/f', append: false } },
  ],
  [
    'a file to append to',
    { type: 'file', path: '/f', append: true },
    'file,id=c1,path=/f,append=on',
    { type: 'file', data: { out: '/f', append: true } },
  ],
  ['a pipe', { type: 'pipe', path: '/p' }, 'pipe,id=c1,path=/p', { type: 'pipe', data: { device: '/p' } }],
  [
    'a terminal',
    { type: 'serial', path: '/dev/ttyS0' },
    'serial,id=c1,path=/dev/ttyS0',
    { type: 'serial', data: { device: '/dev/ttyS0' } },
  ],
  [
    'a parallel port',
    { type: 'parallel', path: '/dev/parport0' },
    'parallel,id=c1,path=/dev/parport0',
    { type: 'parallel', data: { device: '/dev/parport0' } },
  ],
  [
    'a socket to listen on',
    { type: 'unix', mode: 'listen', path: '/s' },
    'socket,id=c1,path=/s,server=on,wait=off',
    { type: 'socket', data: { addr: { type: 'unix', data: { path: '/s' } }, server: true, wait: false } },
  ],
  [
    'a socket to connect to',
    { type: 'unix', mode: 'connect', path: '/s' },
    'socket,id=c1,path=/s,server=off',
    { type: 'socket', data: { addr: { type: 'unix', data: { path: '/s' } }, server: false } },
  ],
  [
    'a port to listen on',
    { type: 'tcp', mode: 'listen', address: { host: '', port: '1' }, telnet: true },
    'socket,id=c1,host=,port=1,server=on,wait=off,telnet=on',
    {
      type: 'socket',
      data: {
        addr: { type: 'inet', data: { host: '', port: '1' } },
        server: true,
        wait: false,
        telnet: true,
      },
    },
  ],
  [
    'a UDP port',
    { type: 'udp', remote: { host: '::1', port: '1' }, local: { host: '', port: '0' } },
    'udp,id=c1,host=::1,port=1,localaddr=,localport=0',
    {
      type: 'udp',
      data: {
        remote: { type: 'inet', data: { host: '::1', port: '1' } },
        local: { type: 'inet', data: { host: '', port: '0' } },
      },
    },
  ],
  [
    'a log',
    { type: 'null', log: { path: '/l', append: true } },
    'null,id=c1,logfile=/l,logappend=on',
    { type: 'null', data: { logfile: '/l', logappend: true } },
  ],
];

describe('a chardev', () => {
  for (const [what, chardev, option, backend] of kinds) {
    it(`for ${what} is written for the command line and for QMP`, () => {
      expect(chardevOption(id, chardev, old)).to.equal(option);
      expect(chardevBackend(chardev, old)).to.deep.equal(backend);
    });
  }

  it('reconnects in seconds, and in milliseconds since QEMU 9.2', () => {
    const chardev: Chardev = { type: 'unix', mode: 'connect', path: '/s', reconnectSeconds: 2 };
    const versions = [old, { ...recent, major: 9, minor: 1 }, { ...recent, major: 9, minor: 2 }, recent];
    expect(versions.map((version) => chardevOption(id, chardev, version))).to.deep.equal([
      'socket,id=c1,path=/s,server=off,reconnect=2',
      'socket,id=c1,path=/s,server=off,reconnect=2',
      'socket,id=c1,path=/s,server=off,reconnect-ms=2000',
      'socket,id=c1,path=/s,server=off,reconnect-ms=2000',
    ]);
    expect(chardevBackend(chardev, old).data).to.include({ reconnect: 2 });
    expect(chardevBackend(chardev, recent).data).to.include({ 'reconnect-ms': 2000 });
  });

  it('has doubled commas on the command line, and only there', () => {
    const chardev: Chardev = { type: 'file', path: '/a,b,,c=d', append: true };
    expect(chardevOption(id, chardev, old)).to.equal('file,id=c1,path=/a,,b,,,,c=d,append=on');
    expect(chardevBackend(chardev, old).data).to.include({ out: '/a,b,,c=d' });
  });

  it('rejects an invalid path', () => {
    for (const path of ['/a\0b', '/a\ud800b']) {
      expect(() => chardevOption(id, { type: 'pipe', path }, old)).to.throw(RangeError);
      expect(() => chardevBackend({ type: 'pipe', path }, old)).to.throw(RangeError);
      expect(() => chardevBackend({ type: 'null', log: { path, append: true } }, old)).to.throw(RangeError);
    }
  });

  it('has an ID that QEMU accepts', () => {
    for (const text of ['', '1a', 'a,b', 'a b', '-a', 'ä', 'a\n']) {
      expect(() => chardevId(text), text).to.throw(RangeError, 'is not a valid chardev id');
    }
    expect(chardevId('v2x.channel-1_a')).to.equal('v2x.channel-1_a');
  });
});
