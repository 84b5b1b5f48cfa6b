import { expect } from 'chai';
import type { Channel } from '../../lib/index.js';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import { pathOfPort, pathsOfPlan } from '../../lib/realize/diagram/plan.js';
import type { ChannelPath } from '../../lib/realize/diagram/channel-path.js';
import { drawPaths } from '../../lib/realize/diagram/text.js';
import { domId } from '../../lib/realize/domid.js';
import { pathsOfStatus } from '../../lib/realize/host/diagram.js';
import type { ChannelStatus, DomainStatus } from '../../lib/realize/host/status.js';
import { plan, type PlanOptions } from '../../lib/realize/plan.js';
import { servedByQemu } from '../../lib/realize/served-by.js';

const agent: Channel = {
  name: 'org.qemu.guest_agent.0',
  connection: { kind: 'socket', mode: 'listen', path: '/run/vm/agent' },
};

function pathsFor(channels: readonly Channel[], options: Partial<PlanOptions> = {}): readonly ChannelPath[] {
  const given = { servedBy: servedByQemu('qemu'), backendDomid: domId(0), ...options };
  return pathsOfPlan(plan(channels, { domid: domId(7), name: 'vm' }, given, new Report()));
}

const partsOf = ({ parts }: ChannelPath): readonly string[] =>
  parts.map(({ place, title, details }) => `${place}: ${title}: ${details[0] ?? ''}`);

describe('the path of a planned channel', () => {
  it('leads from a program on the host to a terminal in the guest', () => {
    expect(pathsFor([agent]).map(partsOf)).to.deep.equal([
      [
        'host: program: connects to the socket',
        'host: Unix socket: /run/vm/agent',
        'host: chardev: virt2xen-channel1',
        'host: QEMU: a process for the channels of this domain',
        'shared: ring page: PV console 1',
        'guest: device: /dev/hvc1',
      ],
    ]);
  });

  it('contains every node of the plan once, with the part that it describes', () => {
    const [path] = pathsFor([agent]);
    const nodes = path?.parts.map((part) => part.nodes.map((node) => node.path)) ?? [];
    expect(nodes.map((list) => list.length > 0)).to.deep.equal([false, false, false, true, true, false]);
    expect(new Set(nodes.flat()).size).to.equal(nodes.flat().length);
    expect(nodes[4]).to.include('/local/domain/7/device/console/1/name');
    expect(path?.parts[3]?.nodes).to.deep.include({
      path: '/libxl/7/device/console/1/path',
      value: '/run/vm/agent',
      permissions: 'n0',
    });
  });

  it('says what a program does with each kind of endpoint', () => {
    const kinds: readonly Channel['connection'][] = [
      { kind: 'socket', mode: 'connect', path: '/s', reconnectSeconds: 3 },
      { kind: 'pty' },
      { kind: 'null' },
      { kind: 'pipe', path: '/p' },
      { kind: 'tcp', mode: 'listen', host: '::1', service: '70', protocol: 'telnet' },
      { kind: 'udp', send: { host: 'h', service: '1' }, receive: { service: '2' } },
      { kind: 'file', path: '/f', append: true },
    ];
    const ends = pathsFor(kinds.map((connection, index) => ({ name: `c${index}`, connection }))).map(
      ({ parts }) =>
        parts
          .filter(({ kind }) => kind === 'program' || kind === 'endpoint')
          .map(({ title, details }) => [title, ...details].join(' '))
          .join(' - '),
    );
    expect(ends).to.deep.equal([
      'program listens on the socket - Unix socket /s QEMU connects, again every 3 s',
      'program opens the terminal - terminal a pty, whose path QEMU writes to the node tty',
      'null the output of the guest is discarded',
      'program opens the pipe - pipe /p.in /p.out',
      'program connects to the port - TCP port [::1]:70 telnet',
      'program sends and receives datagrams - UDP port to h:1 from *:2',
      'program reads the file - file /f appended to',
    ]);
  });

  it('has no chardev of QEMU if another domain serves it', () => {
    const [path] = pathsFor([{ ...agent, backendDomain: '3' }]);
    expect(path && partsOf(path).slice(0, 3)).to.deep.equal([
      'domain 3: program: connects to the socket',
      'domain 3: Unix socket: /run/vm/agent',
      'domain 3: backend: a console backend',
    ]);
  });

  it('leads through a virtio-serial port to the device that a guest has on KVM', () => {
    const path = pathOfPort({ ...agent, transport: { kind: 'virtio-serial', nr: 4 } });
    expect(path && partsOf(path).slice(2)).to.deep.equal([
      'host: chardev: virt2xen-port4',
      'host: QEMU: the device model of the domain',
      'shared: virtio port: virtio-serial port 4',
      'guest: device: /dev/virtio-ports/org.qemu.guest_agent.0',
    ]);
    expect(pathOfPort({ ...agent, connection: { kind: 'vc' } })).to.equal(undefined);
  });

  it('promises no link for a name that udev would not make one of', () => {
    const [path] = pathsFor([{ ...agent, name: '../a b' }]);
    expect(path?.parts.at(-1)?.details).to.deep.equal(['/dev/hvc1']);
  });
});

describe('a drawing for a terminal', () => {
  it('has a line for each part, and names each place once', () => {
    expect(drawPaths(pathsFor([{ name: 'a b', connection: { kind: 'null' } }])).split('\n')).to.deep.equal([
      'channel 1: a b',
      '',
      '  host    null       the output of the guest is discarded',
      '             |',
      '          chardev    virt2xen-channel1',
      '             |',
      '          QEMU       a process for the channels of this domain',
      '             |       buffers up to 1048576 bytes of output',
      '             |       xenstore /local/domain/0/backend/console/7/1',
      '  shared  ring page  PV console 1',
      '             |       xenstore /local/domain/7/device/console/1',
      '  guest   device     /dev/hvc1',
      '',
    ]);
  });

  it('escapes what could control the terminal', () => {
    const hostile: Channel = { ...agent, name: '\x1b[2J', connection: { kind: 'pipe', path: '/\x1b]0;a' } };
    // eslint-disable-next-line no-control-regex -- these are the characters to find
    expect(drawPaths(pathsFor([hostile]))).not.to.match(/[\x00-\x09\x0b-\x1f]/);
  });
});

describe('the path of a running channel', () => {
  const channel: ChannelStatus = {
    devid: 2,
    name: 'agent',
    createdBy: 'virt2xen',
    backendDomid: domId(0),
    frontendState: 'connected',
    backendState: 'connected',
    endpoint: { kind: 'socket', path: '/run/agent' },
    servedBy: { kind: 'qemu', pids: [4711] },
    queues: { clients: 2, pending: 1, toGuestBytes: 0, toHostBytes: 12 },
  };
  const domain = { domid: domId(7), name: 'vm', uuid: '01234567-89ab-cdef-0123-456789abcdef' };
  const statesOf = (status: Partial<DomainStatus>): readonly string[] =>
    pathsOfStatus({ domain, channels: [], ...status }).flatMap(({ parts }) =>
      parts.flatMap(({ title, state }) => (state ? [`${title} ${state.text} ${state.isUp}`] : [])),
    );

  it('has the state of each part', () => {
    expect(statesOf({ channels: [channel] })).to.deep.equal([
      'Unix socket 2 clients, 1 pending true',
      'QEMU connected true',
      'ring page connected true',
      'device connected true',
    ]);
  });

  it('shows where it is interrupted', () => {
    const { queues: _, ...unserved } = { ...channel, servedBy: { kind: 'none' } as const };
    const down = { ...unserved, frontendState: 'initialising', backendState: 'closed' } as const;
    expect(statesOf({ channels: [down] })).to.deep.equal([
      'backend closed false',
      'ring page closed false',
      'device initialising false',
    ]);
    const [path] = pathsOfStatus({ domain, channels: [down] });
    expect(path?.parts.find(({ kind }) => kind === 'backend')?.details[0]).to.contain('no process serves');
  });

  it('names a chardev only where its ID is known', () => {
    const idOf = (changes: Partial<ChannelStatus>): unknown =>
      pathsOfStatus({ domain, channels: [{ ...channel, ...changes }] })[0]?.parts.find(
        ({ kind }) => kind === 'chardev',
      )?.details[0];
    expect(idOf({})).to.equal('virt2xen-channel2');
    expect(idOf({ createdBy: 'libxl' })).to.equal('libxl-channel2');
    expect(idOf({ createdBy: 'libxl', endpoint: { kind: 'pty' } })).to.equal(undefined);
    expect(idOf({ createdBy: 'other' })).to.equal(undefined);
  });

  it('includes the ports of virtio-serial', () => {
    const ports: DomainStatus['ports'] = [
      {
        nr: 30,
        bus: 'virt2xen-serial.0',
        name: 'agent',
        state: 'open',
        createdBy: 'virt2xen',
        isSaved: false,
        endpoint: { kind: 'tcp', address: 'h:1' },
        servedBy: { kind: 'domain', domid: domId(3), name: 'other' },
      },
    ];
    expect(statesOf({ ports })).to.deep.equal(['device open true']);
    const [path] = pathsOfStatus({ domain, channels: [], ports });
    expect(path && partsOf(path)).to.include.members([
      'host: chardev: virt2xen-attached30',
      'shared: virtio port: virtio-serial port 30 of virt2xen-serial.0',
    ]);
  });
});
