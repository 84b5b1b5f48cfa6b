import { expect } from 'chai';
import { parseAgentArguments, UsageError } from '../../cli/agent/arguments.js';
import { agentHelp } from '../../cli/agent/help.js';
import { agentCommands } from '../../cli/agent/usage.js';
import { temporaryDirectory, virt2xen } from './virt2xen.js';

const parse = (line: string) => parseAgentArguments(line.split(' ').filter((word) => word !== ''));

describe('the arguments of virt2xen agent', () => {
  it('name a domain or a socket, a command and its operands', () => {
    expect(parse('web01 ping')).to.deep.include({
      operands: [],
      target: { kind: 'domain', domain: 'web01', channel: 'org.qemu.guest_agent.0' },
      timeoutMs: undefined,
      json: false,
    });
    expect(parse('--socket /a get /b c --timeout 1.5 --json')).to.deep.include({
      operands: ['/b', 'c'],
      target: { kind: 'socket', path: '/a' },
      timeoutMs: 1500,
      json: true,
    });
    expect(parse('web01 fs freeze /a /b')?.operands).to.deep.equal(['/a', '/b']);
    expect(parse('web01 exec -i -- ls -la --socket')?.operands).to.deep.equal(['ls', '-la', '--socket']);
  });

  it('are rejected with the reason', () => {
    for (const [line, why] of [
      ['', /a domain or --socket PATH is required/],
      ['web01', /no command given/],
      ['web01 fly', /there is no command 'fly'/],
      ['web01 fs', /fs requires one of info, status, freeze, thaw, trim/],
      ['web01 fs melt', /fs requires one of/],
      ['web01 get /a', /usage: virt2xen agent DOMAIN get PATH LOCAL/],
      ['web01 ping again', /usage: virt2xen agent DOMAIN ping$/],
      ['web01 ping --crypted', /ping has no option --crypted/],
      ['web01 ping --timeout soon', /--timeout requires a number of seconds/],
      ['web01 ping --timeout 1e9', /--timeout requires a number of seconds/],
      ['web01 wait --for ever', /--for requires up or down/],
      ['web01 exec --env WORD -- ls', /--env WORD: expected NAME=VALUE/],
      ['--socket /a --channel b ping', /mutually exclusive/],
      ['web01 ping --colour', /colour/],
    ] as const) {
      expect(() => parse(line), line).to.throw(UsageError, why);
    }
  });

  it('are all in the help', () => {
    for (const { name, operands, describe: text } of agentCommands) {
      expect(agentHelp()).to.contain(`${name} ${operands}`.trim()).and.to.contain(text);
    }
  });
});

describe('virt2xen agent', () => {
  const { path, remove } = temporaryDirectory();
  after(remove);
  const run = (...args: readonly string[]) => virt2xen(['agent', ...args], { cwd: path });
  const own = ['--runtime-dir', path] as const;

  it('fails with 2 for a wrong command line, and points to its help', () => {
    const { status, stdout, stderr } = run('web01', 'fly');
    expect([status, stdout]).to.deep.equal([2, '']);
    expect(stderr).to.equal("virt2xen: there is no command 'fly'\nRun virt2xen agent --help for usage.\n");
    expect(run('--help')).to.deep.include({ status: 0, stderr: '' });
  });

  it('fails with 3 if there is no socket, as text and as JSON; exec with 255', () => {
    const why = './missing does not exist; the domain is not running, or its channel has another path';
    expect(run('--socket', './missing', ...own, 'ping')).to.deep.equal({
      status: 3,
      stdout: '',
      stderr: `virt2xen: ${why}\n`,
    });
    const { status, stdout, stderr } = run('--socket', './missing', ...own, '--json', 'exec', '--', 'ls');
    expect([status, stderr]).to.deep.equal([255, '']);
    expect(JSON.parse(stdout)).to.deep.equal({ error: why });
  });
});
