import { expect } from 'chai';
import {
  numberPorts,
  ownArgumentsFrom,
  placesOf,
  portArguments,
  readPorts,
  readSparePorts,
  sparePortArguments,
} from '../../lib/qemu-syntax/port.js';

/** As an administrator writes them. */
const byHand = [
  '-device',
  'virtio-serial-pci,id=v2x,max_ports=31',
  '-chardev',
  'socket,id=c1,path=/tmp/agent.sock,server=on,wait=off',
  '-device',
  'virtserialport,bus=v2x.0,nr=1,chardev=c1,name=org.qemu.guest_agent.0',
  '--chardev',
  'pty,id=c2',
  '--device',
  'virtserialport,chardev=c2,name=s-4-VM.vport',
];

const names = (list: readonly string[]): readonly { readonly name: string }[] =>
  list.map((name) => ({ name }));
const chardev = { type: 'pty' } as const;

describe('ports among the arguments of a device model', () => {
  it('are read as channels, whoever wrote them', () => {
    expect(readPorts(byHand).map(({ channel }) => channel)).to.deep.equal([
      {
        name: 'org.qemu.guest_agent.0',
        connection: { kind: 'socket', mode: 'listen', path: '/tmp/agent.sock' },
        transport: { kind: 'virtio-serial', nr: 1 },
      },
      { name: 's-4-VM.vport', connection: { kind: 'pty' }, transport: { kind: 'virtio-serial', nr: 2 } },
    ]);
  });

  it('have the number that QEMU chooses if none is written', () => {
    const port = (name: string, more = ''): readonly string[] => [
      '-chardev',
      `null,id=${name}`,
      '-device',
      `virtserialport,chardev=${name},name=${name}${more}`,
    ];
    const args = [...port('a', ',nr=2'), ...port('b'), ...port('c')];
    expect(readPorts(args).map(({ channel: { transport } }) => transport)).to.deep.equal(
      [2, 1, 3].map((nr) => ({ kind: 'virtio-serial', nr })),
    );
  });

  it('are not channels with a chardev that something else uses, or with other settings', () => {
    const pair = (chardevs: string, device: string): readonly string[] => [
      '-chardev',
      chardevs,
      '-device',
      device,
    ];
    for (const args of [
      [...pair('pty,id=a', 'virtserialport,chardev=a,name=n'), '-mon', 'chardev=a,mode=control'],
      [...pair('pty,id=a', 'virtserialport,chardev=a,name=n'), '-serial', 'chardev:a'],
      pair('pty,id=a', 'virtserialport,chardev=a,name=n,addr=3'),
      pair('pty,id=a', 'virtserialport,chardev=b,name=n'),
      pair('pty,id=a', 'virtserialport,chardev=a'),
      pair('pty,id=a', 'virtconsole,chardev=a,name=n'),
      ['-device', 'virtserialport,chardev=a,name=n', '-chardev'],
      [],
    ]) {
      expect(readPorts(args), args.join(' ')).to.deep.equal([]);
    }
  });

  it('are removed with their chardevs, and the controller with the last one', () => {
    const ports = readPorts(byHand);
    const left = (removed: ReadonlySet<number>): readonly string[] =>
      byHand.filter((_, place) => !removed.has(place));
    expect(left(placesOf(byHand, ports.slice(0, 1)))).to.deep.equal([
      ...byHand.slice(0, 2),
      ...byHand.slice(6),
    ]);
    expect(left(placesOf(byHand, ports))).to.deep.equal([]);
    expect(left(placesOf(byHand, []))).to.deep.equal(byHand);
    const ours = ['-foo', ...portArguments([{ name: 'a', chardev, nr: 1 }], [])];
    expect(ours).to.include('chardev=virt2xen-monitor,mode=control');
    expect(ours.filter((_, place) => !placesOf(ours, readPorts(ours)).has(place))).to.deep.equal(['-foo']);
  });

  it('that virt2xen adds use one controller, and are recognized', () => {
    const first = portArguments([{ name: 'a', chardev, nr: 1 }], byHand);
    const second = portArguments([{ name: 'b', chardev, nr: 2 }], [...byHand, ...first]);
    const all = [...byHand, ...first, ...second];
    expect(all.filter((arg) => arg.startsWith('virtio-serial-pci,'))).to.have.length(2);
    expect(ownArgumentsFrom(all)).to.equal(byHand.length);
    expect(ownArgumentsFrom([...all, '-foo'])).to.equal(all.length + 1);
    expect(
      readPorts(all)
        .map(({ channel }) => channel.name)
        .slice(2),
    ).to.deep.equal(['a', 'b']);
  });
});

describe('the numbers of ports', () => {
  const channels = [
    'org.qemu.guest_agent.0',
    'com.redhat.rhevm.vdsm',
    'ovirt-guest-agent.0',
    'com.redhat.spice.0',
  ];
  const all = numberPorts(names(channels), []);

  it('are from 1 to 30, each once', () => {
    const many = numberPorts(names(Array.from({ length: 40 }, (_, i) => `n${i}`)), []);
    expect([...many.values()].toSorted((a, b) => a - b)).to.deep.equal(
      Array.from({ length: 30 }, (_, i) => i + 1),
    );
  });

  it('do not depend on the order, or on what other ports there are', () => {
    expect(new Map([...numberPorts(names(channels.toReversed()), [])])).to.deep.equal(all);
    for (const name of channels) expect(numberPorts(names([name]), []).get(name)).to.equal(all.get(name));
  });

  it('are the given ones where they are free', () => {
    const numbers = numberPorts(
      [
        { name: 'a', nr: 7 },
        { name: 'b', nr: 7 },
        { name: 'c', nr: 31 },
      ],
      [],
    );
    expect(numbers.get('a')).to.equal(7);
    expect(numbers.get('b')).not.to.equal(7);
    expect(numbers.get('c')).to.be.within(1, 30);
  });

  it('are not those of ports that exist', () => {
    const args = portArguments([{ name: 'a', chardev, nr: 7 }], []);
    expect(numberPorts([{ name: 'b', nr: 7 }], args).get('b')).not.to.equal(7);
  });
});

describe('spare ports', () => {
  const args = portArguments([{ name: 'a', chardev, nr: 30 }], []);

  it('get the highest free numbers, and are not read as channels', () => {
    const spare = sparePortArguments(2, args) ?? [];
    const all = [...args, ...spare];
    expect(spare.filter((arg) => arg.startsWith('virtserialport'))).to.deep.equal([
      'virtserialport,bus=virt2xen-serial.0,nr=29,chardev=virt2xen-port29,name=virt2xen.spare.29,id=virt2xen-port29',
      'virtserialport,bus=virt2xen-serial.0,nr=28,chardev=virt2xen-port28,name=virt2xen.spare.28,id=virt2xen-port28',
    ]);
    expect(readPorts(all).map(({ channel }) => channel.name)).to.deep.equal(['a']);
    expect(readSparePorts(all)).to.have.length(2);
    expect(ownArgumentsFrom(all)).to.equal(0);
  });

  it('that exist count, and are not moved by a further channel', () => {
    const all = [...args, ...(sparePortArguments(2, args) ?? [])];
    expect(sparePortArguments(2, all)).to.deep.equal([]);
    expect(sparePortArguments(1, all)).to.deep.equal([]);
    expect(numberPorts([{ name: 'b', nr: 29 }], all).get('b')).not.to.equal(29);
  });

  it('are limited by the ports of a controller', () => {
    expect(sparePortArguments(29, args)).to.have.length(29 * 4);
    expect(sparePortArguments(30, args)).to.equal(undefined);
  });
});
