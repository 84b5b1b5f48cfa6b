import { expect } from 'chai';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { diagnoseManager } from '../../../lib/realize/doctor/manager.js';
import type { ManagerFacts } from '../../../lib/realize/doctor/manager-facts.js';
import { gatherManagerFacts } from '../../../lib/realize/host/manager-facts.js';

const sound: ManagerFacts = {
  manager: 'vdsm',
  hooks: [{ path: '/hook', state: 'runnable' }],
  driver: { path: '/usr/lib64/libvirt/connection-driver/libvirt_driver_libxl.so', version: '11.3.0' },
  libvirtSocket: '/run/libvirt/virtxend-sock',
  configuredLibvirt: '9.0',
  socketDirectory: { path: '/channels', found: { group: 'kvm', mode: 0o2775 } },
  connection: { file: '/x.py', uri: 'xen:///system' },
  hasDes: true,
};

/** What is wrong, as `severity check: message`. */
const wrong = (facts: Partial<ManagerFacts>): readonly string[] =>
  diagnoseManager({ ...sound, ...facts })
    .filter(({ severity }) => severity !== 'ok')
    .map(({ severity, check, message }) => `${severity} ${check}: ${message}`);

describe('what a manager requires of a Xen host', () => {
  it('is complete on a host that has all of it', () => {
    for (const manager of ['vdsm', 'cloudstack', 'libvirt'] as const)
      expect(wrong({ manager }), manager).to.deep.equal([]);
  });

  for (const [facts, expected] of [
    [{ driver: {} }, /^error libvirt driver: .* not found/],
    [
      { connection: { file: '/x.py', uri: 'qemu:///system' } },
      /^error connection: \/x\.py connects to qemu:\/\/\/system,/,
    ],
    [{ connection: { file: '/x.py' } }, /its default/],
    [{ hooks: [{ path: '/hook', state: 'absent' }] }, /^error hook: not installed/],
    [{ hooks: [{ path: '/hook', state: 'not-runnable' }] }, /^error hook: \/hook is not executable/],
    [{ socketDirectory: { path: '/channels' } }, /^error socket directory: .* does not exist/],
    [{ socketDirectory: { path: '/c', found: { group: 'root', mode: 0o755 } } }, /group root and mode 0755/],
    [{ hasDes: false }, /^warning VNC passwords/],
    [{ manager: 'cloudstack', hasDes: false }, /^error VNC passwords/],
    [
      { configuredLibvirt: '11.3', driver: { ...sound.driver, version: '9.0.0' } },
      /^error libvirt release: .*11\.3.*9\.0/,
    ],
  ] as const satisfies readonly (readonly [Partial<ManagerFacts>, RegExp])[]) {
    it(`is incomplete with ${JSON.stringify(facts)}`, () => {
      const found = wrong(facts);
      expect(found).to.have.lengthOf(1);
      expect(found[0]).to.match(expected);
    });
  }
});

describe('the facts of a manager', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'virt2xen-doctor-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });
  const write = (path: string, text: string, mode = 0o644): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
    chmodSync(join(root, path), mode);
  };

  it('are all absent in an empty tree', async () => {
    expect(await gatherManagerFacts('vdsm', { root })).to.deep.equal({
      manager: 'vdsm',
      hooks: [{ path: '/usr/libexec/vdsm/hooks/before_vm_start/50_virt2xen', state: 'absent' }],
      driver: {},
      socketDirectory: { path: '/var/lib/libvirt/qemu/channels' },
    });
  });

  it('of VDSM include the URI in its own code', async () => {
    const file = '/usr/lib/python3.9/site-packages/vdsm/common/libvirtconnection.py';
    write(
      file,
      "def get():\n    libvirtOpenAuth = functools.partial(\n        libvirt.openAuth, 'qemu:///system', auth, 0)\n",
    );
    write('/usr/libexec/vdsm/hooks/before_vm_start/50_virt2xen', '', 0o755);
    const { connection, hooks } = await gatherManagerFacts('vdsm', { root });
    expect(connection).to.deep.equal({ file, uri: 'qemu:///system' });
    expect(hooks[0]?.state).to.equal('runnable');
  });

  it("of CloudStack include its agent's settings", async () => {
    const file = '/etc/cloudstack/agent/agent.properties';
    write(
      file,
      '# hypervisor.uri=no\nhypervisor.uri=qemu:///system\nhypervisor.type=kvm\nhypervisor.uri : xen:///system\nqemu.sockets.path /srv/sockets\n',
    );
    mkdirSync(join(root, 'srv/sockets'), { recursive: true });
    const { connection, socketDirectory } = await gatherManagerFacts('cloudstack', { root });
    expect(connection).to.deep.equal({ file, uri: 'xen:///system' });
    expect(socketDirectory?.path).to.equal('/srv/sockets');
    expect(socketDirectory?.found).not.to.equal(undefined);
  });

  it('of libvirt include its driver, its release and its socket', async () => {
    const path = '/usr/lib/x86_64-linux-gnu/libvirt/connection-driver/libvirt_driver_libxl.so';
    write(path, '');
    write('/usr/sbin/libvirtd', '#!/bin/sh\necho "libvirtd (libvirt) 9.0.0"\n', 0o755);
    mkdirSync(join(root, 'run/libvirt'), { recursive: true });
    const server = createServer().listen(join(root, 'run/libvirt/libvirt-sock'));
    await new Promise((resolve) => server.once('listening', resolve));
    const { driver, libvirtSocket } = await gatherManagerFacts('libvirt', { root });
    server.close();
    expect(driver).to.deep.equal({ path, version: '9.0.0' });
    expect(libvirtSocket).to.equal('/run/libvirt/libvirt-sock');
  });

  it('include whether the device model can check VNC passwords', async () => {
    write(
      '/without',
      '#!/bin/sh\necho "qemu: Cipher backend does not support DES algorithm" >&2\nexit 1\n',
      0o755,
    );
    write('/with', '#!/bin/sh\necho "QEMU 9.2.0 monitor"\n', 0o755);
    for (const [name, hasDes] of [
      ['without', false],
      ['with', true],
      ['absent', undefined],
    ] as const)
      expect((await gatherManagerFacts('libvirt', { root, qemu: join(root, name) })).hasDes, name).to.equal(
        hasDes,
      );
  });
});
