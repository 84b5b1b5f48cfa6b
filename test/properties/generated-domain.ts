import fc from 'fast-check';
import type {
  Clock,
  Disk,
  Domain,
  Features,
  Graphics,
  Input,
  Interface,
  Preserved,
  PreservedSetting,
  Lifecycle,
  Memory,
  OpenvswitchPort,
  Os,
  Serial,
  SettingValue,
  Vcpus,
  Video,
} from '../../lib/index.js';
import { isIpv6 } from '../../lib/model/ip-address.js';
import { channel, connection } from './generated-channel.js';
import { deviceParts } from './generated-devices.js';
import { cpu, cpuList, numa, passthrough, pins, viridian, xenbus } from './generated-platform.js';
import { textOf, type Texts } from './texts.js';

/** The smallest domain. */
export const smallest: Domain = {
  hypervisor: 'xen',
  name: 'guest',
  memory: { maximumKiB: 1024, currentKiB: 1024 },
  vcpus: { maximum: 1, online: 1 },
  os: { type: 'pv', kernel: '/boot/vmlinuz' },
  features: {},
  clock: { basis: 'utc', offsetSeconds: 0 },
  lifecycle: { poweroff: 'destroy', reboot: 'restart', crash: 'destroy' },
  disks: [],
  interfaces: [],
  serials: [],
  parallels: [],
  channels: [],
  inputs: [],
  graphics: [],
  sounds: [],
  hostdevs: [],
  usbControllers: [],
  redirections: [],
  deviceModelArguments: [],
  preserved: { settings: [], fragments: [] },
};

const optional = { noNullPrototype: true, requiredKeys: [] as [] };

const hex = (digits: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: digits, maxLength: digits });

const uuid = fc.tuple(hex(8), hex(4), hex(4), hex(4), hex(12)).map((parts) => parts.join('-'));

const memory: fc.Arbitrary<Memory> = fc
  .tuple(fc.integer({ min: 1, max: 2 ** 30 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([maximumKiB, share]) => ({ maximumKiB, currentKiB: Math.max(1, Math.floor(maximumKiB * share)) }));

const vcpus: fc.Arbitrary<Vcpus> = fc
  .tuple(
    fc.oneof(fc.integer({ min: 1, max: 64 }), fc.integer({ min: 1, max: 65535 })),
    fc.nat(),
    fc.option(cpuList, { nil: undefined }),
  )
  .chain(([maximum, chosen, cpus]) => {
    const all = { maximum, online: (chosen % maximum) + 1, ...(cpus !== undefined && { affinity: cpus }) };
    // With pins, an xl.cfg lists every CPU: too much for tens of thousands.
    return maximum > 64
      ? fc.constant(all)
      : fc.oneof(
          fc.constant(all),
          pins(maximum).map((value) => ({ ...all, pins: value })),
        );
  });

/** A PV or PVH guest has a kernel, or a boot loader. */
function os(texts: Texts): fc.Arbitrary<Os> {
  const kernel = { kernel: texts.path, initrd: texts.path, cmdline: texts.word };
  const loader = { bootloader: texts.path, bootloaderArgs: fc.array(texts.word, { maxLength: 3 }) };
  const firmware = fc.record(
    { kind: fc.constant('ovmf' as const), path: texts.path },
    { requiredKeys: ['kind'], noNullPrototype: true },
  );
  // QEMU accepts each device once.
  const boot = fc.shuffledSubarray(['disk', 'cdrom', 'network', 'floppy'] as const);
  return fc.oneof(
    fc.record(
      { type: fc.constantFrom('pv' as const, 'pvh' as const), ...kernel, ...loader },
      { requiredKeys: ['type', 'kernel'], noNullPrototype: true },
    ),
    fc.record(
      { type: fc.constantFrom('pv' as const, 'pvh' as const), ...loader },
      { requiredKeys: ['type', 'bootloader'], noNullPrototype: true },
    ),
    fc.record(
      { type: fc.constant('hvm' as const), ...kernel, boot, firmware, acpiTables: texts.path },
      { requiredKeys: ['type', 'boot'], noNullPrototype: true },
    ),
  );
}

/** The features that the model has for each kind of guest. */
function features(type: Os['type']): fc.Arbitrary<Features> {
  const flag = fc.boolean();
  return type === 'hvm'
    ? fc.record({ acpi: flag, apic: flag, pae: flag, hap: flag, viridian, passthrough }, optional)
    : fc.record({ e820Host: flag, passthrough }, optional);
}

/** Only HVM guests have timers; all guests have an offset. */
function clock(type: Os['type']): fc.Arbitrary<Clock> {
  return fc.record(
    {
      basis: fc.constantFrom('utc' as const, 'localtime' as const),
      offsetSeconds: fc.oneof(fc.constant(0), fc.integer({ min: -0x7fffffff, max: 0x7fffffff })),
      tscMode: fc.constantFrom(
        'default' as const,
        'always_emulate' as const,
        'native' as const,
        'native_paravirt' as const,
      ),
      ...(type === 'hvm' && { hpet: fc.boolean() }),
    },
    { requiredKeys: ['basis', 'offsetSeconds'], noNullPrototype: true },
  );
}

const action = fc.constantFrom(
  'destroy' as const,
  'restart' as const,
  'rename-restart' as const,
  'preserve' as const,
  'coredump-destroy' as const,
  'coredump-restart' as const,
);
const lifecycle: fc.Arbitrary<Lifecycle> = fc.record(
  { poweroff: action, reboot: action, crash: action },
  { noNullPrototype: true },
);

/** Parameters in xl's syntax; each at most once. */
const diskParameters = fc.subarray(['discard', 'direct-io-safe', 'script=block-drbd'], {
  minLength: 1,
});
const interfaceParameters = fc.subarray(['untrusted', 'devid=3', 'gatewaydev=eth0'], {
  minLength: 1,
});

/** Paths of disks are absolute: libvirt's schema requires it. */
function disk(texts: Texts): fc.Arbitrary<Disk> {
  const path = texts.path.map((text) => (text.startsWith('/') ? text : `/${text}`));
  const source = fc.record(
    { kind: fc.constantFrom('file' as const, 'block' as const), path },
    { noNullPrototype: true },
  );
  // For Ceph: every character that its syntax escapes.
  const name = textOf('abc.-;\\', 'abc', 5);
  const rbd = fc.record(
    {
      kind: fc.constant('rbd' as const),
      name: fc.tuple(name, name).map((names) => names.join('/')),
      snapshot: name,
      monitors: fc.array(
        fc.record(
          { host: fc.constantFrom('mon', '10.0.0.1', 'fe80::1'), port: fc.constantFrom('6789', '3300') },
          { requiredKeys: ['host'], noNullPrototype: true },
        ),
        { maxLength: 3 },
      ),
      user: texts.word,
      configFile: texts.path,
    },
    { requiredKeys: ['kind', 'name', 'monitors'], noNullPrototype: true },
  );
  const common = {
    format: fc.constantFrom(
      'raw' as const,
      'qcow' as const,
      'qcow2' as const,
      'vhd' as const,
      'qed' as const,
    ),
    backend: fc.constantFrom('phy' as const, 'qdisk' as const, 'tap' as const),
    target: fc
      .tuple(
        fc.oneof(
          textOf('abcdefgz', 'abz', 2).map((letters) => `xvd${letters}`),
          fc.constantFrom('hda', 'hdb', 'hdc', 'hdd', 'sda', 'sdb', 'sdp'),
        ),
        fc.constantFrom('', '', '1', '15'),
      )
      .map(([name, partition]) => name + partition),
    bus: fc.constantFrom(
      'ide' as const,
      'scsi' as const,
      'sata' as const,
      'usb' as const,
      'virtio' as const,
      'paravirtual' as const,
    ),
    readonly: fc.boolean(),
    backendDomain: texts.word,
    xlParameters: diskParameters,
  };
  return fc.oneof(
    fc.record(
      {
        device: fc.constant('disk' as const),
        source: fc.oneof({ weight: 3, arbitrary: source }, rbd),
        ...common,
      },
      { requiredKeys: ['device', 'source', 'format', 'target', 'readonly'], noNullPrototype: true },
    ),
    fc.record(
      { device: fc.constant('cdrom' as const), source, ...common },
      { requiredKeys: ['device', 'format', 'target', 'readonly'], noNullPrototype: true },
    ),
  );
}

const tag = fc.integer({ min: 0, max: 4095 });
const openvswitch: fc.Arbitrary<OpenvswitchPort> = fc.oneof(
  fc.record(
    { mode: fc.constant('access' as const), vlans: fc.array(tag, { maxLength: 1 }) },
    { noNullPrototype: true },
  ),
  fc.record(
    { mode: fc.constant('trunk' as const), vlans: fc.array(tag, { minLength: 1, maxLength: 3 }) },
    { noNullPrototype: true },
  ),
);

function networkInterface({ word, path }: Texts): fc.Arbitrary<Interface> {
  return fc.record(
    {
      source: fc.oneof(
        word.map((bridge) => ({ kind: 'bridge' as const, bridge })),
        fc.record(
          { kind: fc.constant('bridge' as const), bridge: fc.constantFrom('ovs0', 'br-int'), openvswitch },
          { noNullPrototype: true },
        ),
        fc.constant({ kind: 'ethernet' as const }),
        fc.record(
          { kind: fc.constant('network' as const), network: word, bridge: word },
          { requiredKeys: ['kind', 'network'], noNullPrototype: true },
        ),
      ),
      mac: fc.tuple(hex(2), hex(2), hex(2)).map((bytes) => ['00', '16', '3e', ...bytes].join(':')),
      model: fc.oneof(fc.constantFrom('e1000', 'netfront', 'rtl8139'), word),
      script: fc.oneof(fc.constantFrom('vif-bridge', 'vif-route'), path),
      device: word,
      addresses: fc.array(
        fc.oneof(fc.ipV4(), fc.ipV6().filter(isIpv6), fc.constantFrom('10.0.0.1/8', 'fe80::1/64')),
        {
          maxLength: 2,
        },
      ),
      outboundKBps: fc.integer({ min: 1, max: 9_999_999_999 }),
      mtu: fc.integer({ min: 1, max: 65535 }),
      backendDomain: word,
      xlParameters: interfaceParameters,
    },
    { requiredKeys: ['source', 'addresses'], noNullPrototype: true },
  );
}

/** Serial ports with unique numbers: two devices cannot be COM1. */
const serials = (texts: Texts): fc.Arbitrary<readonly Serial[]> =>
  fc.uniqueArray(
    fc.record(
      { connection: connection(texts), port: fc.oneof(fc.nat(3), fc.nat(9999)) },
      { noNullPrototype: true },
    ),
    { selector: ({ port }) => port, maxLength: 4 },
  );

const inputs: fc.Arbitrary<readonly Input[]> = fc.array(
  fc.record(
    { type: fc.constantFrom('tablet', 'mouse', 'keyboard'), bus: fc.constant('usb') },
    { noNullPrototype: true },
  ),
  { maxLength: 3 },
);

const port = fc.integer({ min: 1, max: 65535 });

/** At most one display of each kind: Xen's device model supports no more. */
function graphics({ word }: Texts): fc.Arbitrary<readonly Graphics[]> {
  const text = fc.oneof({ weight: 5, arbitrary: word }, { weight: 1, arbitrary: fc.constant('') });
  // An empty address would be absent.
  const listen = fc.oneof(
    fc.constantFrom('0.0.0.0', '::', '::1', 'fe80::1:5901'),
    text.filter((address) => address !== ''),
  );
  const display = fc.nat(65535 - 5900);
  const vnc = fc
    .tuple(
      fc.oneof(
        display.map((number) => ({ display: number })),
        fc.constant({ display: 'free' as const }),
        fc
          .integer({ min: 1, max: 65535 - 5900 })
          .map((firstDisplay) => ({ display: 'free' as const, firstDisplay })),
      ),
      fc.record({ listen, password: text, keymap: word }, { requiredKeys: [], noNullPrototype: true }),
    )
    .map(([where, others]) => ({ kind: 'vnc' as const, ...where, ...others }));
  const spice = fc.record(
    {
      kind: fc.constant('spice' as const),
      port,
      tlsPort: port,
      listen,
      password: text,
      agentMouse: fc.boolean(),
      agent: fc.boolean(),
      clipboard: fc.boolean(),
    },
    { requiredKeys: ['kind'], noNullPrototype: true },
  );
  const sdl = fc.record(
    { kind: fc.constant('sdl' as const), display: word, xauthority: word },
    { requiredKeys: ['kind'], noNullPrototype: true },
  );
  return fc.uniqueArray(fc.oneof<fc.Arbitrary<Graphics>[]>(vnc, spice, sdl), {
    selector: ({ kind }) => kind,
    maxLength: 3,
  });
}

const video: fc.Arbitrary<Video> = fc.record(
  {
    model: fc.constantFrom('stdvga' as const, 'cirrus' as const, 'qxl' as const, 'none' as const),
    // More than libxl's default of any adapter: a smaller value is raised to the default, with a warning.
    memoryMiB: fc.integer({ min: 129, max: 4096 }),
  },
  { requiredKeys: ['model'], noNullPrototype: true },
);

/** Settings that libvirt cannot express, with any text or list as the value. */
function preservedSettings({ word }: Texts): fc.Arbitrary<readonly PreservedSetting[]> {
  const { value } = fc.letrec<{ value: SettingValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 3, depthSize: 'small' },
      fc.oneof(word, fc.constantFrom('', '0', '1', '007', '-5', '0x10', '99999999999999999999')),
      fc.array(tie('value'), { maxLength: 3 }),
    ),
  }));
  const key = fc.oneof(
    fc.constantFrom('pool', 'device_model_user', 'xen_platform_pci'),
    textOf('abz', '._09az', 5).map((rest) => `x_${rest}`),
  );
  return fc.uniqueArray(fc.record({ key, value }, { noNullPrototype: true }), {
    selector: (setting) => setting.key,
    maxLength: 4,
  });
}

const preserved = (texts: Texts): fc.Arbitrary<Preserved> =>
  preservedSettings(texts).map((settings) => ({ settings, fragments: [] }));

/** The kinds of guest, with no further settings. */
const bareOs = fc.constantFrom<Os>(
  { type: 'pv', kernel: '/boot/vmlinuz' },
  { type: 'pvh', kernel: '/boot/vmlinuz' },
  { type: 'hvm', boot: ['disk'] },
);

/** Arbitraries of the parts of a domain, by name; a part can depend on the kind of guest. */
export function parts(texts: Texts): Readonly<Record<string, (os: Os) => fc.Arbitrary<Partial<Domain>>>> {
  return {
    name: () => texts.word.map((name) => ({ name })),
    uuid: () => uuid.map((value) => ({ uuid: value })),
    memory: () => memory.map((value) => ({ memory: value })),
    vcpus: () => vcpus.map((value) => ({ vcpus: value })),
    numa: () => fc.option(numa, { freq: 2, nil: {} }),
    features: ({ type }) => features(type).map((value) => ({ features: value })),
    cpu: ({ type }) => cpu(type).map((value) => ({ cpu: value })),
    clock: ({ type }) => clock(type).map((value) => ({ clock: value })),
    lifecycle: () => lifecycle.map((value) => ({ lifecycle: value })),
    emulator: () => texts.path.map((emulator) => ({ emulator })),
    disks: () =>
      fc
        .uniqueArray(disk(texts), { selector: ({ target }) => target, maxLength: 4 })
        .map((disks) => ({ disks })),
    interfaces: () =>
      fc.array(networkInterface(texts), { maxLength: 3 }).map((interfaces) => ({ interfaces })),
    serials: () => serials(texts).map((value) => ({ serials: value })),
    channels: () => fc.array(channel(texts), { maxLength: 3 }).map((channels) => ({ channels })),
    inputs: () => inputs.map((value) => ({ inputs: value })),
    graphics: () => graphics(texts).map((value) => ({ graphics: value })),
    video: ({ type }) => (type === 'hvm' ? video.map((value) => ({ video: value })) : fc.constant({})),
    xenbus: () => xenbus.map((value) => ({ xenbus: value })),
    securityLabel: () => texts.word.map((label) => ({ securityLabel: { label } })),
    ...deviceParts(texts),
    preserved: () => preserved(texts).map((value) => ({ preserved: value })),
  };
}

/** A domain with one arbitrary part, so that an error in one part does not hide those in others. */
export function domainWith(part: string, texts: Texts): fc.Arbitrary<Domain> {
  if (part === 'os') return os(texts).map((value) => ({ ...smallest, os: value }));
  const make = parts(texts)[part];
  if (!make) throw new Error(`there is no part '${part}'`);
  return bareOs.chain((chosen) => make(chosen).map((value) => ({ ...smallest, os: chosen, ...value })));
}

/** The names of all parts. */
export const partNames = (texts: Texts): readonly string[] => ['os', ...Object.keys(parts(texts))];

/** With a SPICE display, a spicevmc channel is the `agent` of the display, which is generated there. */
function withoutAgents(domain: Domain): Domain {
  if (!domain.graphics.some(({ kind }) => kind === 'spice')) return domain;
  return { ...domain, channels: domain.channels.filter(({ connection }) => connection.kind !== 'spicevmc') };
}

/** A whole domain. */
export function domain(texts: Texts): fc.Arbitrary<Domain> {
  return os(texts).chain((chosen) =>
    fc
      .tuple(...Object.values(parts(texts)).map((make) => make(chosen)))
      .map((values) =>
        values.reduce<Domain>((whole, value) => ({ ...whole, ...value }), { ...smallest, os: chosen }),
      )
      .map(withoutAgents),
  );
}
