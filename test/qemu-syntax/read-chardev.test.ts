import { expect } from 'chai';
import { chardevId, chardevOption, type Chardev } from '../../lib/qemu-syntax/chardev.js';
import { chardevOf, connectionOf } from '../../lib/qemu-syntax/connection.js';
import { parseChardevOption } from '../../lib/qemu-syntax/read-chardev.js';
import { oldestQemu } from '../../lib/qemu-syntax/version.js';

const id = chardevId('a');
const path = '/run/a,b=c "d"';
const address = { host: '::1', port: '4444' };

const chardevs: readonly Chardev[] = [
  { type: 'pty' },
  { type: 'null' },
  { type: 'file', path, append: true },
  { type: 'file', path, append: false, log: { path: '/l,og', append: true } },
  { type: 'pipe', path },
  { type: 'serial', path: '/dev/ttyS0' },
  { type: 'parallel', path: '/dev/parport0' },
  { type: 'unix', path, mode: 'listen' },
  { type: 'unix', path, mode: 'connect' },
  { type: 'unix', path, mode: 'connect', reconnectSeconds: 5 },
  { type: 'tcp', address, telnet: false, mode: 'listen' },
  { type: 'tcp', address: { host: 'h', port: '1' }, telnet: true, mode: 'connect', reconnectSeconds: 1 },
  { type: 'udp', remote: address },
  { type: 'udp', remote: address, local: { host: '', port: '0' } },
];

describe('the value of -chardev', () => {
  for (const chardev of chardevs) {
    const text = chardevOption(id, chardev, oldestQemu);
    it(`is read as it is written: ${text}`, () => {
      expect(parseChardevOption(text)).to.deep.equal({ id, chardev });
    });

    it(`specifies the connection that is written so: ${text}`, () => {
      const { log, ...end } = chardev;
      expect(chardevOf(connectionOf(chardev))).to.deep.equal({ chardev: end });
      expect(log === undefined || text.includes('logfile=')).to.equal(true);
    });
  }

  it('can be in older words', () => {
    const chardev = { type: 'unix', path: '/a', mode: 'listen' };
    expect(parseChardevOption('socket,id=a,path=/a,server,nowait')).to.deep.equal({ id, chardev });
    expect(parseChardevOption('backend=tty,id=a,path=/dev/ttyS0')).to.deep.equal({
      id,
      chardev: { type: 'serial', path: '/dev/ttyS0' },
    });
  });

  it('is not read if it has what a connection cannot express', () => {
    for (const text of [
      'pty',
      'pty,id=1',
      'stdio,id=a',
      'socket,id=a',
      'socket,id=a,path=/a,abstract=on',
      'socket,id=a,port=1,host=b,tls-creds=c',
      'socket,id=a,path=/a,server=perhaps',
      'socket,id=a,path=/a,reconnect-ms=1500',
      'pty,id=a,mux=on',
      'udp,id=a',
    ]) {
      expect(parseChardevOption(text), text).to.equal(undefined);
    }
  });
});
