import { expect } from 'chai';
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapt, convert } from '../../lib/index.js';
import { runCloudstackHook } from '../../lib/hooks/cloudstack.js';
import type { HookHost } from '../../lib/hooks/host.js';
import { runKubevirtHook } from '../../lib/hooks/kubevirt.js';
import { runLibvirtHook, type ChannelAttachment } from '../../lib/hooks/libvirt.js';
import { needsProgram } from '../requirements.js';
import { runVdsmHook } from '../../lib/hooks/vdsm.js';
import { commandPath } from '../command.js';

const kvm = readFileSync('fixtures/cloudstack/user-vm.xml', 'utf8');
const xen = adapt(kvm).output ?? '';
const lost = kvm.replace("type='qcow2'", "type='vmdk'");

interface Run {
  status?: number;
  stdout: string;
  stderr: string;
  readonly files: Map<string, string>;
}

/** A simulated machine for a hook: environment, files and output in memory. */
function machine(given: {
  readonly env?: HookHost['env'];
  readonly args?: readonly string[];
  readonly input?: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly full?: boolean;
}): { readonly host: HookHost; readonly run: Run } {
  const run: Run = { stdout: '', stderr: '', files: new Map(Object.entries(given.files ?? {})) };
  const host: HookHost = {
    env: given.env ?? {},
    args: given.args ?? [],
    readInput: () => Promise.resolve(Buffer.from(given.input ?? '')),
    readFile: (path) => {
      const text = run.files.get(path);
      if (text === undefined) throw new Error(`ENOENT: ${path}`);
      return Buffer.from(text);
    },
    rewriteFile: (path, text) => {
      if (given.full) throw new Error('ENOSPC: no space left on device');
      run.files.set(path, text);
    },
    print: (text) => {
      run.stdout += text;
    },
    log: (line) => {
      run.stderr += `${line}\n`;
    },
  };
  return { host, run };
}

describe('the hook for VDSM', () => {
  const start = (text: string, more: { env?: Record<string, string>; full?: boolean } = {}): Run => {
    const { host, run } = machine({
      env: { _hook_domxml: '/f', ...more.env },
      files: { '/f': text },
      full: more.full ?? false,
    });
    run.status = runVdsmHook(host);
    return run;
  };

  it('changes the file that VDSM names, and prints nothing', () => {
    const run = start(kvm);
    expect(run).to.include({ status: 0, stdout: '' });
    expect(run.files.get('/f')).to.equal(xen);
  });

  it('changes nothing the second time: VDSM runs it again on adapted XML', () => {
    expect(start(xen, { full: true })).to.include({ status: 0 });
  });

  it('does not change a guest whose custom property virt2xen is off', () => {
    expect(start(kvm, { env: { virt2xen: 'off' } }).files.get('/f')).to.equal(kvm);
  });

  it('reads the guest type from the custom property', () => {
    const direct = kvm.replace('</type>', '</type><kernel>/k</kernel>');
    expect(start(direct, { env: { virt2xen: 'pvh,keep' } }).files.get('/f')).to.include('>xenpvh</type>');
  });

  it('does nothing for an empty file, which an event without a domain has', () => {
    expect(start('')).to.include({ status: 0, stderr: '' });
  });

  it('exits with 1 and one line if the guest cannot be adapted, and does not change the file', () => {
    const run = start(lost);
    expect(run).to.include({ status: 1 });
    expect(run.files.get('/f')).to.equal(lost);
    expect(run.stderr).to.match(
      /^virt2xen: domain XML not changed: disk 'vda'.*at line \d+, column \d+.*\n$/,
    );
  });

  it('exits with 2 and one line if the hook itself fails, and does not change the file', () => {
    for (const run of [start(kvm, { full: true }), start(kvm, { env: { virt2xen: 'nonsense' } })]) {
      expect(run).to.include({ status: 2 });
      expect(run.files.get('/f')).to.equal(kvm);
      expect(run.stderr).to.match(/^virt2xen: .*\n$/);
    }
    const { host, run } = machine({});
    expect(runVdsmHook(host)).to.equal(2);
    expect(run.stderr).to.match(/^virt2xen: .*_hook_domxml.*\n$/);
  });

  it('logs one line, whatever line breaks the document contains', () => {
    const run = start(
      kvm.replace("dev='vda'", "dev='a&#10;fake: line'").replace("type='qcow2'", "type='vmdk'"),
    );
    expect(run.stderr.match(/\n/g)).to.have.lengthOf(1);
  });

  it('logs a warning that applies to several devices once, with the number', () => {
    const disk = (name: string): string =>
      `<disk type='file'><driver name='qemu' type='raw'/><source file='/d/${name}'/><target dev='${name}'/><serial>s</serial></disk>`;
    const run = start(kvm.replace('<devices>', `<devices>${disk('vdc')}${disk('vdd')}`));
    expect(run.stderr.match(/<serial> has no effect: .* \(3 times\)\n|<serial>/g)).to.have.lengthOf(1);
  });

  it('escapes control characters of the document in the log', () => {
    const run = start(kvm.replace("dev='vda'", "dev='a&#x9b;2J'").replace("type='qcow2'", "type='vmdk'"));
    expect(run.stderr).to.include('a\\x9b2J').and.not.to.include('\x9b');
  });
});

describe('the hook for CloudStack', () => {
  const transform = (args: readonly string[], env: HookHost['env'] = {}): Run => {
    const { host, run } = machine({ args, env });
    run.status = runCloudstackHook(host);
    return run;
  };

  it('prints only the XML, and nothing on standard error, which the agent reads as XML', () => {
    expect(transform(['transform', kvm])).to.include({ status: 0, stdout: xen, stderr: '' });
  });

  it('gives channels the transport that an option selects', () => {
    const { status, stdout } = transform(['transform', kvm], { VIRT2XEN: 'transport=virtio-serial' });
    expect(status).to.equal(0);
    expect(stdout).to.equal(adapt(kvm, { transport: 'virtio-serial', libvirt: '9.0' }).output);
    expect(stdout).to.include('<xen:commandline').and.not.to.include('<channel');
    const wrong = transform(['transform', kvm], { VIRT2XEN: 'transport=virtio' });
    expect(wrong.status).to.equal(1);
    expect(wrong.stderr).to.include("'transport=virtio'");
    const spare = transform(['transform', kvm], { VIRT2XEN: 'spare-ports=2' });
    expect(spare.stdout).to.equal(adapt(kvm, { sparePorts: 2, libvirt: '9.0' }).output);
    expect(spare.stdout.match(/name=virt2xen\.spare\./g)).to.have.length(2);
    expect(transform(['transform', kvm], { VIRT2XEN: 'spare-ports=31' }).stderr).to.include('from 0 to 30');
  });

  it('prints XML that needs no change: the agent would use an empty output', () => {
    expect(transform(['transform', xen])).to.include({ status: 0, stdout: xen, stderr: '' });
    expect(transform(['transform', kvm], { VIRT2XEN: 'off' })).to.include({
      status: 0,
      stdout: kvm,
      stderr: '',
    });
  });

  it('fails with one line if the result is larger than the pipe buffer of the agent', () => {
    const large = kvm.replace('</name>', `</name><!-- ${'x'.repeat(64 * 1024)} -->`);
    const run = transform(['transform', large]);
    expect(run).to.include({ status: 1, stdout: '' });
    expect(run.stderr).to.match(/^virt2xen: .*bytes.*\n$/);
  });

  it('counts bytes, not characters', () => {
    const large = kvm.replace('</name>', `</name><!-- ${'\u20ac'.repeat(22_000)} -->`);
    expect(transform(['transform', large])).to.include({ status: 1, stdout: '' });
  });

  it('fails without output if the guest cannot be adapted: the agent uses the original XML', () => {
    expect(transform(['transform', lost])).to.include({ status: 1, stdout: '' });
  });

  it('fails for another method, or without XML', () => {
    for (const args of [[], ['transform'], ['transform', ''], ['onStart', kvm], ['transform', kvm, 'x']]) {
      expect(transform(args)).to.include({ status: 1, stdout: '' });
    }
  });
});

describe('the hook for libvirt', () => {
  const call = async (
    driver: 'libxl' | 'qemu',
    args: readonly string[],
    input: string,
    attachment?: ChannelAttachment,
  ): Promise<Run> => {
    const { host, run } = machine({ args, input });
    run.status = await runLibvirtHook(driver, host, attachment);
    return run;
  };

  it('adapts the XML of a migration to a Xen host', async () => {
    const run = await call('libxl', ['g', 'migrate', 'begin', '-'], kvm);
    expect(run).to.include({ status: 0, stdout: xen, stderr: '' });
  });

  it('adapts the XML of a migration or restore to a KVM host', async () => {
    for (const operation of ['migrate', 'restore']) {
      const run = await call('qemu', ['g', operation, 'begin', '-'], xen);
      expect(run.stdout).to.include("<domain type='kvm'>").and.include("bus='virtio'");
    }
  });

  it('prints nothing for XML that needs no change', async () => {
    expect(await call('libxl', ['g', 'migrate', 'begin', '-'], xen)).to.include({ status: 0, stdout: '' });
  });

  it('succeeds without output for every other operation and any XML', async () => {
    const operations = [
      'prepare begin',
      'start begin',
      'started begin',
      'stopped end',
      'release end',
      'reconnect begin',
      'attach begin',
      'migrate end',
      'new thing',
    ];
    for (const operation of operations) {
      for (const input of [kvm, lost, '', 'no XML']) {
        const run = await call('libxl', ['g', ...operation.split(' '), '-'], input);
        expect(run, operation).to.include({ status: 0, stdout: '', stderr: '' });
      }
    }
  });

  it('cancels a migration whose guest cannot be adapted, with the reason', async () => {
    const run = await call('libxl', ['g', 'migrate', 'begin', '-'], lost);
    expect(run).to.include({ status: 1, stdout: '' });
    expect(run.stderr).to.match(/^virt2xen: migration of g rejected: .*\n$/);
  });

  const aside = (
    adapt(
      "<domain type='kvm'><name>g</name><uuid>7c1b2e64-9f0d-4a0b-b6f5-0d2d5d3f8e21</uuid><os><type>hvm</type></os><devices>" +
        "<channel type='file'><source path='/f'/><target type='virtio' name='log'/></channel></devices></domain>",
    ).output ?? ''
  ).replace("<domain type='xen'", "<domain type='xen' id='7'");

  it('attaches the channels in <metadata> when a Xen domain has started, and detaches them when it has stopped', async () => {
    const seen: unknown[] = [];
    const attachment: ChannelAttachment = {
      attach: (domain, channels) => {
        seen.push(['attach', domain.domid, channels]);
        return Promise.resolve();
      },
      detach: (domain) => {
        seen.push(['detach', domain.uuid]);
        return Promise.resolve();
      },
    };
    await call('libxl', ['g', 'started', 'begin', '-'], aside, attachment);
    await call('libxl', ['g', 'stopped', 'end', '-'], aside, attachment);
    await call('libxl', ['g', 'started', 'begin', '-'], xen, attachment);
    await call('qemu', ['g', 'started', 'begin', '-'], aside, attachment);
    expect(seen).to.deep.equal([
      ['attach', 7, [{ name: 'log', connection: { kind: 'file', path: '/f', append: false } }]],
      ['detach', '7c1b2e64-9f0d-4a0b-b6f5-0d2d5d3f8e21'],
    ]);
  });

  it('succeeds if a channel cannot be attached, so that libvirt does not stop the guest', async () => {
    const fail = (): Promise<void> => Promise.reject(new Error('no QEMU'));
    const run = await call('libxl', ['g', 'started', 'begin', '-'], aside, { attach: fail, detach: fail });
    expect(run).to.include({ status: 0, stdout: '', stderr: 'virt2xen: g: no QEMU\n' });
  });
});

describe('the hook for KubeVirt', () => {
  const define = (args: readonly string[]): Run => {
    const { host, run } = machine({ args });
    run.status = runKubevirtHook(host);
    return run;
  };

  it('prints the XML every time it is called', () => {
    expect(define(['--vmi', '{}', '--domain', kvm])).to.include({ status: 0, stdout: xen });
    expect(define(['--vmi={}', `--domain=${xen}`])).to.include({ status: 0, stdout: xen });
  });

  it('reads its options from the annotation of the instance', () => {
    const vmi = JSON.stringify({ metadata: { annotations: { virt2xen: 'off' } } });
    expect(define(['--vmi', vmi, '--domain', kvm])).to.include({ status: 0, stdout: kvm });
  });

  it('fails with the reason if the guest cannot be adapted or the arguments are wrong', () => {
    for (const args of [
      ['--vmi', '{}', '--domain', lost],
      ['--vmi', '{}'],
      ['--vmi', '{', '--domain', kvm],
    ]) {
      const run = define(args);
      expect(run).to.include({ status: 1, stdout: '' });
      expect(run.stderr).to.match(/^virt2xen: .*\n$/);
    }
  });
});

describe('what only the host knows', () => {
  const guest =
    "<domain type='kvm'><name>g</name><memory>1048576</memory><os><type arch='x86_64'>hvm</type></os><devices>" +
    "<disk type='volume'><source pool='fast' volume='g.img'/><target dev='vda' bus='virtio'/></disk>" +
    "<interface type='user'/></devices></domain>";
  const words = 'pool=fast=/srv/fast,user-bridge=br7';

  /** Runs the hook of each manager, with the options where that manager passes them. */
  const managers: Readonly<Record<string, (options: string, document?: string) => Promise<Run>>> = {
    vdsm: async (virt2xen, document = guest) => {
      const { host, run } = machine({ env: { _hook_domxml: '/f', virt2xen }, files: { '/f': document } });
      run.status = await Promise.resolve(runVdsmHook(host));
      if (run.status === 0) run.stdout = run.files.get('/f') ?? '';
      return run;
    },
    cloudstack: async (options, document = guest) => {
      const { host, run } = machine({ args: ['transform', document], env: { VIRT2XEN: options } });
      run.status = await Promise.resolve(runCloudstackHook(host));
      return run;
    },
    libvirt: async (options, document = guest) => {
      const { host, run } = machine({
        args: ['g', 'migrate', 'begin', '-'],
        input: document,
        env: { VIRT2XEN: options },
      });
      run.status = await runLibvirtHook('libxl', host);
      return run;
    },
    kubevirt: async (options, document = guest) => {
      const vmi = JSON.stringify({ metadata: { annotations: { virt2xen: options } } });
      const { host, run } = machine({ args: ['--vmi', vmi, '--domain', document] });
      run.status = await Promise.resolve(runKubevirtHook(host));
      return run;
    },
  };

  for (const [manager, call] of Object.entries(managers)) {
    it(`is passed to the hook for ${manager} as options`, async () => {
      const run = await call(words);
      expect(run.status, run.stderr).to.equal(0);
      expect(run.stdout).to.include("<source file='/srv/fast/g.img'/>").and.include("<source bridge='br7'/>");
      expect((await call('pool=fast=/srv/fast,network=user=br7')).stdout).to.equal(run.stdout);
    });

    it(`is named in the error of the hook for ${manager} if it is missing`, async () => {
      expect((await call('user-bridge=br7')).stderr).to.include('option pool=fast=DIR avoids it');
      expect((await call('pool=fast=/srv')).stderr).to.include('option user-bridge=BRIDGE avoids it');
    });

    it(`is the version of libvirt in the hook for ${manager} (default: the oldest)`, async () => {
      const serials = guest.replace('<interface', "<serial type='pty'/><serial type='pty'/><interface");
      const count = async (options: string) =>
        (await call(`${words},${options}`, serials)).stdout.match(/<serial /g)?.length;
      expect(await count('libvirt=11.3')).to.equal(2);
      expect(await count('on')).to.equal(1);
      expect((await call('libvirt=8')).stderr).to.include('use 9.0 or 11.3');
    });

    it(`is rejected by the hook for ${manager} if its syntax is invalid`, async () => {
      for (const options of ['pool=fast=srv', 'pool=/srv', 'network=x', 'user-bridge=', 'bridge=x=y']) {
        const run = await call(options);
        expect(run.status, options).not.to.equal(0);
        expect(run.stdout, options).to.equal('');
        expect(run.stderr, options).to.match(/^virt2xen: .*\n$/);
      }
    });
  }

  it('is passed by the process of a hook', () => {
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [commandPath, 'hook', 'cloudstack', 'transform', guest],
      { encoding: 'utf8', env: { ...process.env, VIRT2XEN: words } },
    );
    expect(status, stderr).to.equal(0);
    expect(stdout).to.include("<source bridge='br7'/>");
  });

  const inNetwork = guest.replace(
    '</devices>',
    "<interface type='network'><source network='user'/></interface></devices>",
  );
  const pools = { fast: '/srv/fast' };

  it('names a bridge for a libvirt network called user, and another for interfaces of type user', () => {
    const converted = convert(inNetwork, { pools, networks: { user: 'br1' }, userBridge: 'br2' });
    expect(converted.output).to.match(/bridge=br2[^]*bridge=br1/);
    const adapted = adapt(inNetwork, { pools, networks: { user: 'br1' }, userBridge: 'br2' });
    expect(adapted.output).to.include("bridge='br2'").and.include("network='user'");
  });

  it('does not mean both by one name', () => {
    for (const run of [convert, adapt]) {
      const { output, diagnostics } = run(inNetwork, { pools, networks: { user: 'br1' } });
      expect(output).to.equal(undefined);
      expect(diagnostics.flatMap(({ remedy }) => remedy ?? [])).to.deep.equal([{ option: 'userBridge' }]);
      expect(run(guest, { pools, networks: { user: 'br1' } }).output).to.include('br1');
    }
  });
});

describe('virt2xen hook, as a process', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'virt2xen-hook-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const hook = (args: readonly string[], options: { env?: NodeJS.ProcessEnv; input?: string } = {}) =>
    spawnSync(process.execPath, [commandPath, 'hook', ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...options.env },
      input: options.input ?? '',
    });
  const install = (...args: readonly string[]) =>
    hook([...args, '--root', folder, '--command', `'${process.execPath}' '${commandPath}'`]);

  it("writes to VDSM's file, and preserves the inode and mode", () => {
    const file = join(folder, 'domxml');
    writeFileSync(file, kvm, { mode: 0o640 });
    linkSync(file, join(folder, 'same'));
    expect(hook(['vdsm'], { env: { _hook_domxml: file } }).status).to.equal(0);
    expect(readFileSync(join(folder, 'same'), 'utf8')).to.equal(xen);
    expect(statSync(file).mode & 0o777).to.equal(0o640);
  });

  it("leaves nothing of VDSM's file behind a shorter document", () => {
    const file = join(folder, 'domxml');
    const long = kvm.replace('<devices>', `<devices><emulator>/${'x'.repeat(500)}</emulator>`);
    writeFileSync(file, long);
    expect(hook(['vdsm'], { env: { _hook_domxml: file } }).status).to.equal(0);
    expect(readFileSync(file, 'utf8')).to.equal(xen);
  });

  it('reads a large standard input completely', () => {
    const large = kvm.replace('</name>', `</name><!-- ${'x'.repeat(300_000)} -->`);
    const { status, stdout } = hook(['libvirt', 'libxl', 'g', 'migrate', 'begin', '-'], { input: large });
    expect(status).to.equal(0);
    expect(stdout).to.equal(adapt(large).output);
    expect(hook(['libvirt', 'libxl', 'g', 'start', 'begin', '-'], { input: large })).to.include({
      status: 0,
      stdout: '',
    });
  });

  it('is installed where each manager expects it, runs there, and is uninstalled', () => {
    const paths = {
      vdsm: 'usr/libexec/vdsm/hooks/before_vm_start/50_virt2xen',
      cloudstack: 'etc/cloudstack/agent/hooks/libvirt-vm-xml-transformer.sh',
      libvirt: 'etc/libvirt/hooks/libxl.d/50-virt2xen',
    };
    for (const [manager, path] of Object.entries(paths)) {
      const file = join(folder, path);
      expect(install('install', manager).stdout).to.include(`installed ${file}\n`);
      expect(statSync(file).mode & 0o777).to.equal(0o755);
      expect(install('install', manager).stdout).to.include('already installed');
    }
    const run = spawnSync(join(folder, paths.cloudstack), ['transform', kvm], { encoding: 'utf8' });
    expect(run).to.include({ status: 0, stdout: xen, stderr: '' });
    for (const [manager, path] of Object.entries(paths)) {
      expect(install('uninstall', manager).stdout).to.include('removed');
      expect(existsSync(join(folder, path))).to.equal(false);
    }
  });

  it('neither overwrites nor removes files that it has not written', () => {
    const directory = join(folder, 'etc/cloudstack/agent/hooks');
    mkdirSync(directory, { recursive: true });
    const file = join(directory, 'libvirt-vm-xml-transformer.sh');
    writeFileSync(file, '#!/bin/sh\ncat\n');
    expect(install('install', 'cloudstack'))
      .to.include({ status: 3 })
      .and.property('stderr')
      .include('not written by virt2xen');
    expect(install('uninstall', 'cloudstack').status).to.equal(0);
    expect(readFileSync(file, 'utf8')).to.equal('#!/bin/sh\ncat\n');
  });

  it('fails only for migrate and restore, even if the program has been removed', () => {
    const broken = ['--root', folder, '--command', '/nonexistent/virt2xen'];
    expect(hook(['install', 'libvirt', ...broken]).status).to.equal(0);
    const file = join(folder, 'etc/libvirt/hooks/libxl.d/50-virt2xen');
    const input = xen.padEnd(300_000);
    const log = join(folder, 'log');
    writeFileSync(join(folder, 'logger'), `#!/bin/sh\ncat >>'${log}'\n`, { mode: 0o755 });
    const env = { PATH: `${folder}:/usr/bin:/bin` };
    const statusOf = (operation: string, suboperation: string): number | null =>
      spawnSync(file, ['g', operation, suboperation, '-'], { input, env }).status;
    for (const operation of ['prepare', 'start', 'started', 'reconnect']) {
      expect(statusOf(operation, 'begin'), operation).to.equal(0);
    }
    expect(readFileSync(log, 'utf8')).to.match(/^[^\n]*\/nonexistent\/virt2xen[^\n]*\n$/);
    for (const operation of ['stopped', 'release']) expect(statusOf(operation, 'end')).to.equal(0);
    expect(statusOf('migrate', 'begin')).to.equal(127);
  });

  it('detaches unsaved ports before VDSM saves or migrates a guest, and runs nothing else as root', function () {
    needsProgram(this, 'sudo');
    const [program, called] = [join(folder, 'virt2xen'), join(folder, 'called')];
    writeFileSync(program, `#!/bin/sh\necho "$@" >'${called}'\nexit "$status"\n`, { mode: 0o755 });
    writeFileSync(join(folder, 'sudo'), '#!/bin/sh\n[ "$1" = -n ] && shift && exec "$@"\n', { mode: 0o755 });
    expect(hook(['install', 'vdsm', '--root', folder, '--command', program]).status).to.equal(0);
    const vmId = '4b7d0c9e-51a3-4e0c-8a67-1f2ce80d6b34';
    for (const event of ['before_vm_hibernate', 'before_vm_migrate_source']) {
      const file = join(folder, `usr/libexec/vdsm/hooks/${event}/50_virt2xen`);
      const run = (env: object): number | null =>
        spawnSync(file, { env: { PATH: `${folder}:/usr/bin:/bin`, vmId, ...env } }).status;
      expect(run({ status: '0' })).to.equal(0);
      expect(readFileSync(called, 'utf8')).to.equal(`detach ${vmId} --unsaved-ports\n`);
      expect(run({ status: '1' })).to.equal(2);
      expect(run({ status: '1', virt2xen: 'hvm,off' })).to.equal(0);
    }
    const sudoers = join(folder, 'etc/sudoers.d/50_virt2xen');
    const checked = spawnSync('/usr/sbin/visudo', ['-c', '-f', sudoers], { encoding: 'utf8' });
    expect(checked.status, checked.stderr).to.equal(0);
    expect(statSync(sudoers).mode & 0o777).to.equal(0o440);
    expect(hook(['uninstall', 'vdsm', '--root', folder]).stdout).to.include(`removed ${sudoers}`);
    expect(existsSync(sudoers)).to.equal(false);
  });

  it('has no rule of sudo for a command that sudo could read as something else', () => {
    for (const command of ['virt2xen', '/opt/a, ALL', "'/opt/a b'", '/a:b', '/a\nroot ALL=ALL']) {
      const { stderr } = hook(['install', 'vdsm', '--root', folder, '--command', command]);
      expect(stderr, command).to.include('hooks before a guest is suspended or migrated not installed');
      expect(existsSync(join(folder, 'etc/sudoers.d')), command).to.equal(false);
      expect(existsSync(join(folder, 'usr/libexec/vdsm/hooks/before_vm_hibernate'))).to.equal(false);
    }
  });

  it('is a Groovy script for agents without shell hooks', () => {
    expect(install('install', 'cloudstack', '--groovy').status).to.equal(0);
    const script = readFileSync(
      join(folder, 'etc/cloudstack/agent/hooks/libvirt-vm-xml-transformer.groovy'),
      'utf8',
    );
    expect(script)
      .to.include('String transform(Object logger, String xml)')
      .and.match(/new BaseTransform\(\)\n$/);
    expect(install('uninstall', 'cloudstack').stdout).to.include('removed');
  });

  it('fails for an unknown manager', () => {
    expect(hook(['xapi']).status).to.equal(2);
    expect(hook(['libvirt', 'lxc', 'g', 'migrate', 'begin', '-']).status).to.equal(2);
  });
});
