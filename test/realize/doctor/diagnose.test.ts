import { expect } from 'chai';
import { domId } from '../../../lib/realize/domid.js';
import { diagnose } from '../../../lib/realize/doctor/diagnose.js';
import type { ChannelFacts, HostFacts } from '../../../lib/realize/doctor/facts.js';

const agent: ChannelFacts = {
  devid: 1,
  name: 'agent',
  madeBy: 'libxl',
  frontend: 'connected',
  server: { kind: 'qemu', pids: [77] },
  socket: { path: '/run/agent', isThere: true },
};

const sound: HostFacts = {
  uid: 0,
  hypervisor: { type: 'xen', isControlDomain: true },
  store: { path: '/run/xenstored/socket' },
  qemu: { path: '/usr/libexec/xen-qemu-system-i386', version: '7.2.22' },
  runtimeDirectory: { path: '/run/virt2xen', found: { isDirectory: true, uid: 0, mode: 0o700 } },
  programs: { flock: true, getent: true, ss: true },
  xl: { first: 'kept', program: 'xl' },
  domains: [{ domid: domId(7), name: 'web', channels: [agent] }],
  leftovers: [],
};

/** What is wrong, as `severity check: finding -> mend`. */
const wrong = (facts: Partial<HostFacts>): readonly string[] =>
  diagnose({ ...sound, ...facts })
    .filter(({ severity }) => severity !== 'ok')
    .map(({ severity, check, finding, mend }) => `${severity} ${check}: ${finding} -> ${mend ?? ''}`);

const wrongWith = (channel: Partial<ChannelFacts>): readonly string[] =>
  wrong({ domains: [{ domid: domId(7), name: 'web', channels: [{ ...agent, ...channel }] }] });

/** One finding, and each part of it. */
function expectOne(found: readonly string[], ...parts: readonly string[]): void {
  expect(found).to.have.lengthOf(1);
  for (const part of parts) expect(found[0]).to.contain(part);
}

describe('the doctor', () => {
  it('finds nothing wrong with a host that is sound, and says what was looked at', () => {
    expect(wrong({})).to.deep.equal([]);
    expect(diagnose(sound).map(({ check }) => check)).to.deep.equal([
      ...['user', 'hypervisor', 'xenstored', 'qemu', 'runtime directory', 'programs', 'xl', 'domain'],
    ]);
  });

  it('wants to be root', () => {
    expectOne(wrong({ uid: 1000, runtimeDirectory: { path: '/run/v' } }), 'error user', '1000');
  });

  it('tells no Xen, and a guest of Xen, apart', () => {
    expectOne(wrong({ hypervisor: { isControlDomain: false } }), 'does not run on Xen', 'boot');
    expectOne(wrong({ hypervisor: { type: 'kvm', isControlDomain: false } }), 'does not run on Xen');
    expectOne(wrong({ hypervisor: { type: 'xen', isControlDomain: false } }), 'a guest of Xen', 'dom0');
  });

  it('says how to reach xenstored', () => {
    const path = '/run/xenstored/socket';
    const absent = { path, problem: { code: 'ECONNREFUSED', reason: 'connect ENOENT' } };
    expectOne(wrong({ store: absent }), 'error xenstored', 'connect ENOENT', 'start it', 'XENSTORED_PATH');
    const forbidden = { path, problem: { code: 'EACCES', reason: 'permission denied' } };
    expectOne(wrong({ store: forbidden }), 'permission denied', '-> run virt2xen as root');
  });

  it('tells of each QEMU why it is none', () => {
    expectOne(wrong({ qemu: { problem: 'none was found\n  /usr/bin/q: no xenpv' } }), 'no xenpv', '--qemu');
  });

  it('looks at who may write to the runtime directory', () => {
    const withDirectory = (found: { isDirectory?: boolean; uid?: number; mode?: number }) =>
      wrong({
        runtimeDirectory: { path: '/run/v', found: { isDirectory: true, uid: 0, mode: 0o755, ...found } },
      });
    expect(withDirectory({})).to.deep.equal([]);
    expectOne(withDirectory({ mode: 0o1777 }), 'mode 1777', 'chmod go-w /run/v');
    expectOne(withDirectory({ uid: 5 }), 'belongs to user 5', 'chown 0 /run/v');
    expectOne(withDirectory({ isDirectory: false }), 'is no directory');
  });

  it("counts the bytes of the longest socket's path", () => {
    // 107 bytes less those of /UUID/qemu/qmp.sock.
    const fits = `/${'x'.repeat(55)}`;
    expect(wrong({ runtimeDirectory: { path: fits } })).to.deep.equal([]);
    expectOne(wrong({ runtimeDirectory: { path: `${fits}x` } }), '1 bytes too long', '--runtime-dir');
    expectOne(wrong({ runtimeDirectory: { path: `/${'ü'.repeat(29)}` } }), '3 bytes too long');
  });

  it('says what a missing program is for', () => {
    const programs = { flock: false, getent: true, ss: false };
    const [flock, ss, ...others] = wrong({ programs });
    expect(flock).to.match(/^error programs: .*flock.*util-linux/);
    expect(ss).to.match(/^warning programs: .*ss.*iproute2/);
    expect(others).to.deep.equal([]);
  });

  it('warns of an xl that loses the first channel', () => {
    expectOne(wrong({ xl: { first: 'lost', program: 'xl' } }), 'warning xl', '--xen 4.17', 'attach');
    expectOne(wrong({ xl: { first: 'unknown', reason: 'no hypervisor' } }), 'warning xl', 'no hypervisor');
    expect(wrong({ xl: { first: 'absent' } })).to.deep.equal([]);
  });

  it('finds what is left of domains that are gone', () => {
    expectOne(wrong({ leftovers: ['uuid'] }), 'warning leftovers', '/run/virt2xen/uuid', 'attach');
  });

  describe('finds a channel', () => {
    it('that nobody serves', () => {
      const nobody = { server: { kind: 'nobody' } } as const;
      expectOne(wrongWith(nobody), "error channel: channel 'agent' (1) of web (7): nobody", 'restart');
      expectOne(wrongWith({ ...nobody, madeBy: 'virt2xen' }), 'virt2xen attach');
    });

    it('that two QEMUs serve', () => {
      expectOne(wrongWith({ server: { kind: 'qemu', pids: [77, 78] } }), 'error', '77 and 78');
    });

    it('that a Linux guest does not find', () => {
      expectOne(wrongWith({ devid: 8 }), 'warning', 'no more than 7');
    });

    it('whose socket is gone, or has too long a path', () => {
      expectOne(wrongWith({ socket: { path: '/run/agent', isThere: false } }), 'not there: /run/agent');
      expectOne(wrongWith({ socket: { path: `/${'x'.repeat(107)}`, isThere: false } }), 'too long', '107');
    });

    it('that its guest has removed', () => {
      expectOne(wrongWith({ frontend: 'absent' }), 'warning', 'the guest has removed');
    });

    it('without asking for more of one that another domain serves', () => {
      expect(
        wrongWith({ server: { kind: 'domain' }, socket: { path: '/far', isThere: false } }),
      ).to.deep.equal([]);
    });
  });
});
