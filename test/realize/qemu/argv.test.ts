import { expect } from 'chai';
import { domId } from '../../../lib/realize/domid.js';
import { qemuArguments } from '../../../lib/realize/qemu/argv.js';
import { chardevId } from '../../../lib/qemu-syntax/chardev.js';
import { parseQemuVersion } from '../../../lib/qemu-syntax/version.js';

const version = { major: 7, minor: 2, micro: 0, package: '' };

describe("QEMU's arguments", () => {
  it('attach it to a domain, with a monitor, a PID file and the chardevs', () => {
    const chardevs = [{ id: chardevId('c1'), chardev: { type: 'pty' } }] as const;
    const command = {
      domain: { domid: domId(7), name: 'guest7' },
      chardevs,
      directory: '/run/virt2xen/7',
    };
    expect(qemuArguments(command, version).join(' ')).to.equal(
      '-xen-domid 7 -xen-attach -name guest=guest7 -machine xenpv ' +
        '-nodefaults -no-user-config -display none -nographic ' +
        '-chardev socket,id=virt2xen-qmp,path=/run/virt2xen/7/qmp.sock,server=on,wait=off ' +
        '-mon chardev=virt2xen-qmp,mode=control -pidfile /run/virt2xen/7/qemu.pid -chardev pty,id=c1',
    );
  });

  it('cannot be changed by a name that looks like an option', () => {
    const domain = { domid: domId(1), name: 'a,debug-threads=on,b' };
    const args = qemuArguments({ domain, chardevs: [], directory: '/d' }, version);
    expect(args[args.indexOf('-name') + 1]).to.equal('guest=a,,debug-threads=on,,b');
  });

  it('reject NUL', () => {
    const command = { domain: { domid: domId(1), name: 'a\0b' }, chardevs: [], directory: '/d' };
    expect(() => qemuArguments(command, version)).to.throw(RangeError);
  });
});

describe("QEMU's version", () => {
  for (const [text, expected] of [
    [
      'QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18+b3)\nCopyright (c) 2003-2022\n',
      { major: 7, minor: 2, micro: 22, package: 'Debian 1:7.2+dfsg-7+deb12u18+b3' },
    ],
    ['QEMU emulator version 10.0.2\n', { major: 10, minor: 0, micro: 2, package: '' }],
    [
      'QEMU emulator version 9.2.0-rc1 (v9.2.0-rc1)\n',
      { major: 9, minor: 2, micro: 0, package: 'v9.2.0-rc1' },
    ],
    ['bash, version 5.2\n', undefined],
  ] as const) {
    it(`is read from ${JSON.stringify(text)}`, () => {
      expect(parseQemuVersion(text)).to.deep.equal(expected);
    });
  }
});
