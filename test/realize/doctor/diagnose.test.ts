import { expect } from 'chai';
import { domId } from '../../../lib/realize/domid.js';
import { diagnose } from '../../../lib/realize/doctor/diagnose.js';
import type { ChannelFacts, HostFacts, PortFacts } from '../../../lib/realize/doctor/facts.js';

const agent: ChannelFacts = {
  devid: 1,
  name: 'agent',
  createdBy: 'libxl',
  frontendState: 'connected',
  servedBy: { kind: 'qemu', pids: [77] },
  socket: { path: '/run/agent', isThere: true },
};

const sound: HostFacts = {
  uid: 0,
  hypervisor: { type: 'xen', isControlDomain: true },
  store: { path: '/run/xenstored/socket' },
  qemu: { path: '/usr/libexec/xen-qemu-system-i386', version: '7.2.22' },
  runtimeDirectory: { path: '/run/virt2xen', found: { isDirectory: true, uid: 0, mode: 0o700 } },
  programs: { flock: true, getent: true, ss: true },
  xl: { first: 'created', program: 'xl' },
  domains: [{ domid: domId(7), name: 'web', channels: [agent] }],
  leftovers: [],
};

/** The findings that are not ok, as `severity check: message -> fix`. */
const wrong = (facts: Partial<HostFacts>): readonly string[] =>
  diagnose({ ...sound, ...facts })
    .filter(({ severity }) => severity !== 'ok')
    .map(({ severity, check, message, fix }) => `${severity} ${check}: ${message} -> ${fix ?? ''}`);

const wrongWith = (channel: Partial<ChannelFacts>): readonly string[] =>
  wrong({ domains: [{ domid: domId(7), name: 'web', channels: [{ ...agent, ...channel }] }] });

/** Expects one message that contains all parts. */
function expectOne(found: readonly string[], ...parts: readonly string[]): void {
  expect(found).to.have.lengthOf(1);
  for (const part of parts) expect(found[0]).to.contain(part);
}

describe('the doctor', () => {
  it('reports a sound host as ok, check by check', () => {
    expect(wrong({})).to.deep.equal([]);
    expect(diagnose(sound).map(({ check }) => check)).to.deep.equal([
      ...['user', 'hypervisor', 'xenstored', 'qemu', 'runtime directory', 'programs', 'xl', 'domain'],
    ]);
  });

  it('requires root', () => {
    expectOne(wrong({ uid: 1000, runtimeDirectory: { path: '/run/v' } }), 'error user', '1000');
  });

  it('distinguishes a host without Xen from a Xen guest', () => {
    expectOne(wrong({ hypervisor: { isControlDomain: false } }), 'not running on Xen', 'boot');
    expectOne(wrong({ hypervisor: { type: 'kvm', isControlDomain: false } }), 'not running on Xen');
    expectOne(wrong({ hypervisor: { type: 'xen', isControlDomain: false } }), 'a Xen guest', 'dom0');
  });

  it('explains how to reach xenstored', () => {
    const path = '/run/xenstored/socket';
    const absent = { path, problem: { code: 'ECONNREFUSED', reason: 'connect ENOENT' } };
    expectOne(
      wrong({ store: absent }),
      'error xenstored',
      'connect ENOENT',
      'start xenstored',
      'XENSTORED_PATH',
    );
    const forbidden = { path, problem: { code: 'EACCES', reason: 'permission denied' } };
    expectOne(wrong({ store: forbidden }), 'permission denied', '-> run virt2xen as root');
  });

  it('gives the reason for each unsuitable QEMU', () => {
    expectOne(
      wrong({ qemu: { problem: 'none was found\n  /usr/bin/q: no xenpv' } }),
      'no xenpv',
      'install a QEMU',
    );
  });

  it('checks owner and mode of the runtime directory', () => {
    const withDirectory = (found: { isDirectory?: boolean; uid?: number; mode?: number }) =>
      wrong({
        runtimeDirectory: { path: '/run/v', found: { isDirectory: true, uid: 0, mode: 0o755, ...found } },
      });
    expect(withDirectory({})).to.deep.equal([]);
    expectOne(withDirectory({ mode: 0o1777 }), 'mode 1777', 'chmod go-w /run/v');
    expectOne(withDirectory({ uid: 5 }), 'owned by user 5', 'chown 0 /run/v');
    expectOne(withDirectory({ isDirectory: false }), 'is not a directory');
  });

  it("counts the bytes of the longest socket's path", () => {
    // 107 bytes minus the length of /UUID/qemu/qmp.sock.
    const fits = `/${'x'.repeat(55)}`;
    expect(wrong({ runtimeDirectory: { path: fits } })).to.deep.equal([]);
    expectOne(wrong({ runtimeDirectory: { path: `${fits}x` } }), '1 bytes too long', 'use a shorter path');
    expectOne(wrong({ runtimeDirectory: { path: `/${'ü'.repeat(29)}` } }), '3 bytes too long');
  });

  it('gives the purpose of a missing program', () => {
    const programs = { flock: false, getent: true, ss: false };
    const [flock, ss, ...others] = wrong({ programs });
    expect(flock).to.match(/^error programs: .*flock.*util-linux/);
    expect(ss).to.match(/^warning programs: .*ss.*iproute2/);
    expect(others).to.deep.equal([]);
  });

  it('warns of an xl that drops the first channel', () => {
    expectOne(wrong({ xl: { first: 'dropped', program: 'xl' } }), 'warning xl', 'Xen 4.17', 'attach');
    expectOne(wrong({ xl: { first: 'unknown', reason: 'no hypervisor' } }), 'warning xl', 'no hypervisor');
    expect(wrong({ xl: { first: 'absent' } })).to.deep.equal([]);
  });

  it('finds directories of domains that no longer exist', () => {
    expectOne(wrong({ leftovers: ['uuid'] }), 'warning leftovers', '/run/virt2xen/uuid', 'attach');
  });

  describe('finds a channel', () => {
    it('without a serving process', () => {
      const nobody = { servedBy: { kind: 'none' } } as const;
      expectOne(
        wrongWith(nobody),
        "error channel: channel 'agent' (1) of web (7): no process serves",
        'restart',
      );
      expectOne(wrongWith({ ...nobody, createdBy: 'virt2xen' }), 'virt2xen attach');
    });

    it('served by two QEMU processes', () => {
      expectOne(wrongWith({ servedBy: { kind: 'qemu', pids: [77, 78] } }), 'error', '77 and 78');
    });

    it('that a Linux guest cannot use', () => {
      expectOne(wrongWith({ devid: 8 }), 'warning', 'at most 7');
    });

    it('whose socket does not exist, or has too long a path', () => {
      expectOne(wrongWith({ socket: { path: '/run/agent', isThere: false } }), 'does not exist: /run/agent');
      expectOne(wrongWith({ socket: { path: `/${'x'.repeat(107)}`, isThere: false } }), 'too long', '107');
    });

    it('whose frontend the guest has removed', () => {
      expectOne(wrongWith({ frontendState: 'absent' }), 'warning', 'the guest has removed');
    });

    it('but does not check the socket of a channel in another domain', () => {
      expect(
        wrongWith({ servedBy: { kind: 'domain' }, socket: { path: '/far', isThere: false } }),
      ).to.deep.equal([]);
    });
  });

  it('checks virtio-serial ports: whether they are open, have their socket, and can be saved', () => {
    const port = { nr: 12, name: 'agent', createdBy: 'config', state: 'open' } as const;
    const web = { domid: domId(7), name: 'web', channels: [], isSavable: true };
    const wrongPort = (given: Partial<PortFacts>): readonly string[] =>
      wrong({ domains: [{ ...web, ports: [{ ...port, ...given }] }] });
    expect(wrongPort({})).to.deep.equal([]);
    expect(diagnose({ ...sound, domains: [{ ...web, ports: [port] }] }).at(-1)?.message).to.equal(
      'web (7): 1 virtio-serial port, open in the guest',
    );
    expectOne(wrongPort({ state: 'closed' }), "warning ports: port 'agent' (12) of web (7)", 'vioser');
    expectOne(wrongPort({ state: 'unknown' }), 'warning ports', 'does not answer');
    expectOne(wrongPort({ socket: { path: '/run/a', isThere: false } }), 'error ports', '/run/a', 'restart');
    expectOne(
      wrong({ domains: [{ ...web, isSavable: false, ports: [port] }] }),
      'error saving: web (7) cannot be restored',
      'detach the ports',
    );
  });
});
