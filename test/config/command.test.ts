import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory, virt2xen, type Run } from '../cli/virt2xen.js';
import { pvXml } from '../libvirt/domains.js';

const kvm = readFileSync('fixtures/cloudstack/user-vm.xml', 'utf8');

describe('commands on a host with a configuration file', () => {
  const { path, remove } = temporaryDirectory();
  after(remove);
  const file = join(path, 'config.toml');

  const run = (config: string, args: readonly string[], input = '', env = {}): Run => {
    writeFileSync(file, config);
    return virt2xen(args, { cwd: path, input, env: { VIRT2XEN_CONFIG: file, ...env } });
  };
  const network = "<interface type='network'><source network='lan'/></interface>";

  it('use its networks; an option wins', () => {
    const config = '[networks]\nlan = "xenbr7"\nother = "xenbr8"\n';
    const convert = (...args: readonly string[]): string =>
      run(config, ['convert', '--quiet', ...args], pvXml(network)).stdout;
    expect(convert()).to.include('bridge=xenbr7');
    expect(convert('--network', 'lan=xenbr1')).to.include('bridge=xenbr1');
    expect(convert('--network', 'other=xenbr1')).to.include('bridge=xenbr7');
  });

  it('drop its devices, unless --drop names others, and not on the way back to KVM', () => {
    const config = '[devices]\ndrop = ["interface"]\n';
    const adapt = (...args: readonly string[]): string =>
      run(config, ['adapt', ...args], pvXml(network)).stdout;
    expect(adapt()).not.to.include('<interface');
    expect(adapt('--drop', 'rng')).to.include('<interface');
    expect(run(config, ['adapt', '--to', 'kvm'], pvXml(network)).stdout).to.include('<interface');
  });

  it('use its sockets in the daemon, which does not start with an error in the file', () => {
    const daemon = ['daemon', '--control', 'control', '--documents', 'documents', '--runtime-dir', 'run'];
    const unknown = run('[channels]\nsocket-owner = "nobody-of-that-name"\n', daemon);
    expect(unknown.status).not.to.equal(0);
    expect(unknown.stderr).to.contain("user 'nobody-of-that-name' does not exist");
    const invalid = run('[channels]\nsocket-mode = 0\n', daemon);
    expect(invalid.status).to.equal(3);
    expect(invalid.stderr).to.contain('config.toml:2:15');
  });

  it('use its release of Xen', () => {
    const channel = "<channel type='pty'><target type='xen' name='a'/></channel>";
    const convert = (...args: readonly string[]): string =>
      run('[host]\nxen = "4.17"\n', ['convert', '--quiet', ...args], pvXml(channel)).stdout;
    expect(convert()).to.match(/channel = \[ "connection=pty,name=[^"]*", "connection=pty,name=a" \]/);
    expect(convert('--xen', '4.21')).to.include('channel = [ "connection=pty,name=a" ]');
  });

  it('give HVM guests the transport and spare ports, and other guests none', () => {
    const config = '[channels]\ntransport = "virtio-serial"\nspare-ports = 1\n';
    const channel = "<channel type='pty'><target type='virtio' name='a'/></channel>";
    const pv = run(config, ['convert', '--quiet'], pvXml(channel));
    expect([pv.status, pv.stdout.includes('virtserialport')]).to.deep.equal([0, false]);
    const hvm = run(config, ['convert', '--quiet'], kvm);
    expect(hvm.stdout).to.include('name=org.qemu.guest_agent.0').and.include('name=virt2xen.spare.');
    const without = run(
      config,
      ['convert', '--quiet', '--spare-ports', '0', '--transport', 'pv-console'],
      kvm,
    );
    expect(without.stdout).not.to.include('virtserialport');
  });

  it('create sockets with its mode and owner', () => {
    const config = '[channels]\nsocket-mode = "0660"\nsocket-owner = ":0"\n';
    const channel =
      "<channel type='unix'><source mode='bind' path='/run/a'/><target type='xen' name='a'/></channel>";
    const script = (...args: readonly string[]): string =>
      run(config, ['plan', '-', '--domid', '7', '--script', ...args], pvXml(channel)).stdout;
    expect(script())
      .to.match(/chmod -- 0660 /)
      .and.match(/chown -- :0 /);
    expect(script('--socket-mode', '0666')).to.match(/chmod -- 0666 /);
  });

  it('do not run with an error in it, and print its position', () => {
    const bad = '[host]\nxen = "4.16"\n';
    for (const args of [['convert'], ['check'], ['adapt'], ['plan', '-', '--domid', '7']]) {
      const { status, stdout, stderr } = run(bad, args, pvXml());
      expect([status, stdout], args.join(' ')).to.deep.equal([3, '']);
      expect(stderr).to.match(/config\.toml:2:7: error config-value: .*use "4\.17"/);
      const json = run(bad, [...args, '--json'], pvXml());
      expect(json.status).to.equal(3);
      expect(JSON.parse(json.stdout))
        .to.have.property('error')
        .that.matches(/config\.toml:2:7: /);
    }
  });

  it('do not run if it was named and does not exist', () => {
    const run = virt2xen(['check'], { cwd: path, input: pvXml(), env: { VIRT2XEN_CONFIG: '/nonexistent' } });
    expect(run).to.deep.equal({
      status: 3,
      stdout: '',
      stderr: 'virt2xen: cannot read /nonexistent: no such file or directory\n',
    });
  });

  it('show what applies, and where it comes from', () => {
    const config = '[host]\nxen = "4.17"\n[networks]\nlan = "xenbr7"\n';
    const { status, stdout } = run(config, ['config']);
    expect(status).to.equal(0);
    expect(stdout).to.match(new RegExp(`^host\\.xen +4\\.17 +${file}:2:1$`, 'm'));
    expect(stdout).to.match(new RegExp(`^networks\\.lan +xenbr7 +${file}:4:1$`, 'm'));
    expect(stdout).to.match(/^devices\.drop +none +default$/m);
    const json = JSON.parse(run(config, ['config', '--json']).stdout) as { settings: readonly object[] };
    expect(json.settings).to.deep.include({ key: 'host.xen', value: '4.17', origin: { line: 2, column: 1 } });
    expect(json.settings).to.deep.include({ key: 'devices.drop', default: 'none' });
  });

  it('check a file before it is installed', () => {
    writeFileSync(join(path, 'new.toml'), 'x = 1\n');
    const { status, stdout, stderr } = run('', ['config', 'new.toml']);
    expect([status, stdout]).to.deep.equal([1, '']);
    expect(stderr).to.match(/^new\.toml:1:1: error config-key: unknown section 'x'/);
    expect(run('', ['config', 'missing.toml']).status).to.equal(3);
  });
});

describe('hooks on a host with a configuration file', () => {
  const { path, remove } = temporaryDirectory();
  after(remove);
  const file = join(path, 'config.toml');
  const xml = kvm.replace(/<interface type='bridge'>\s*<source bridge='[^']*'\/>/, "<interface type='user'>");

  const hook = (config: string, options: string, ...words: readonly string[]): Run => {
    writeFileSync(file, config);
    const args = words.length > 0 ? words : ['cloudstack', 'transform', xml];
    return virt2xen(['hook', ...args], {
      cwd: path,
      input: xml,
      env: { VIRT2XEN_CONFIG: file, VIRT2XEN: options },
    });
  };

  it('use it; their options win', () => {
    const config = '[host]\nuser-bridge = "xenbr7"\n';
    expect(hook('', '').stderr).to.match(/user-bridge/);
    expect(hook(config, '').stdout).to.include("bridge='xenbr7'");
    expect(hook(config, 'user-bridge=xenbr1').stdout).to.include("bridge='xenbr1'");
  });

  const bad = '[networks]\nlan = 7\n';

  it('treat an error in it as an invalid option', () => {
    const { status, stdout, stderr } = hook(bad, '');
    const invalid = hook('', 'foo');
    expect([status, stdout]).to.deep.equal([invalid.status, invalid.stdout]).and.to.deep.equal([1, '']);
    expect(stderr).to.match(/^virt2xen: domain XML not changed: \S+config\.toml:2:7: [^\n]+\n$/);
  });

  it('do not use it for a guest that is off', () => {
    expect(hook(bad, 'off')).to.deep.equal({ status: 0, stdout: xml, stderr: '' });
  });

  it('cancel a migration because of an error in it, and nothing else', () => {
    const statuses = (
      [
        ['migrate', 'begin'],
        ['prepare', 'begin'],
        ['started', 'begin'],
        ['reconnect', 'begin'],
        ['stopped', 'end'],
      ] as const
    ).map(([operation, sub]) => hook(bad, '', 'libvirt', 'libxl', 'vm', operation, sub, '-').status);
    expect(statuses).to.deep.equal([1, 0, 0, 0, 0]);
  });

  it('do not drop devices on the way back to KVM', () => {
    const config = '[devices]\ndrop = ["interface"]\n';
    const migrate = (driver: string): string =>
      hook(config, '', 'libvirt', driver, 'vm', 'migrate', 'begin', '-').stdout || xml;
    expect(migrate('libxl')).not.to.include('<interface');
    expect(migrate('qemu')).to.include('<interface');
  });
});
