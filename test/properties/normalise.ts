import { Report } from '../../lib/diagnostics/diagnostic.js';
import { toXen } from '../../lib/to-xen/domain.js';
import type { Connection, Disk, Domain, Graphics, Interface, Serial } from '../../lib/index.js';
import { isOfSource, scriptOf } from '../../lib/model/disk-parameters.js';
import { usualScript } from '../../lib/model/interface.js';
import { hasMore, isSayableChardev, plainly, receiving, serialKinds } from './normalise-chardevs.js';
import { devicesThroughXl, devicesThroughXml } from './normalise-devices.js';

/**
 * A difference between a domain and the result of writing and reading it: either both mean the same, or the
 * writer reports what it omits.
 */
export interface Normalisation {
  readonly name: string;
  readonly because: string;
  readonly apply: (domain: Domain) => Domain;
  /** How many things are omitted; the writer must report a warning for each. */
  readonly leftOut?: (domain: Domain) => number;
}

/** The expected result of a round trip, and the number of expected warnings. */
export function normalise(
  domain: Domain,
  steps: readonly Normalisation[],
): { readonly domain: Domain; readonly leftOut: number } {
  return steps.reduce(
    ({ domain: before, leftOut }, step) => ({
      domain: step.apply(before),
      leftOut: leftOut + (step.leftOut?.(before) ?? 0),
    }),
    { domain, leftOut: 0 },
  );
}

const bridgeScript: Normalisation = {
  name: "a bridge's own script is absent",
  because: 'vif-bridge, or vif-openvswitch, is what is taken if none is named',
  apply: onInterfaces(({ script, ...nic }) =>
    script === undefined || (nic.source.kind === 'bridge' && script === usualScript(nic.source))
      ? nic
      : { ...nic, script },
  ),
};

/** The script of the generated disks requires a path. */
const hasStrayScript = ({ source, xlParameters }: Disk): boolean =>
  scriptOf(xlParameters) !== undefined && !(source && 'path' in source);

function withoutScript({ xlParameters = [], ...disk }: Disk): Disk {
  const others = xlParameters.filter((parameter) => !isOfSource(parameter));
  return others.length > 0 ? { ...disk, xlParameters: others } : disk;
}

/** For both formats. */
const everywhere: readonly Normalisation[] = [
  {
    name: 'empty is absent',
    because: 'a kernel, boot loader or list of words that is empty is none',
    apply: (domain) => ({ ...domain, os: withoutEmpty(domain.os) }),
  },
  {
    name: 'a cdrom is read-only',
    because: 'it cannot be written to; both readers say so',
    apply: onDisks((disk) => ({ ...disk, readonly: disk.readonly || disk.device === 'cdrom' })),
  },
  {
    name: 'a false e820_host is absent',
    because: 'off is the default',
    apply: (domain) => {
      const { e820Host, ...features } = domain.features;
      return { ...domain, features: e820Host ? { ...features, e820Host } : features };
    },
  },
  {
    name: 'blktap is qdisk',
    because: 'libxl has no blktap',
    apply: onDisks((disk) => (disk.backend === 'tap' ? { ...disk, backend: 'qdisk' } : disk)),
  },
];

/** model -> xl.cfg -> model */
export const throughXl: readonly Normalisation[] = [
  ...everywhere,
  ...devicesThroughXl,
  {
    name: 'a script is of a path',
    because: 'a preserved script that does not fit its source is omitted with a warning',
    apply: onDisks((disk) => (hasStrayScript(disk) ? withoutScript(disk) : disk)),
    leftOut: ({ disks }) => disks.filter(hasStrayScript).length,
  },
  {
    name: 'a script is served by phy alone',
    because: 'it makes a block device; libxl rejects it with another backend, which is reported',
    apply: onDisks(({ backend, ...disk }) =>
      backend === undefined || (backend !== 'phy' && scriptOf(disk.xlParameters))
        ? disk
        : { ...disk, backend },
    ),
  },
  {
    name: 'whole MiB',
    because: 'xl counts memory in MiB; libvirt rounds up, too',
    apply: (domain) => ({
      ...domain,
      memory: {
        maximumKiB: Math.ceil(domain.memory.maximumKiB / 1024) * 1024,
        currentKiB: Math.ceil(domain.memory.currentKiB / 1024) * 1024,
      },
    }),
  },
  {
    name: 'each CPU has a place of its own, or none has',
    because: 'a list in an xl.cfg says where each one runs: the rest get what holds for all',
    apply: (domain) => {
      const { affinity, pins, ...vcpus } = domain.vcpus;
      if (!pins || affinity === undefined) return domain;
      const places = new Map(pins.map(({ vcpu, cpus }) => [vcpu, cpus]));
      const all = Array.from({ length: vcpus.maximum }, (_, vcpu) => ({
        vcpu,
        cpus: places.get(vcpu) ?? affinity,
      }));
      return { ...domain, vcpus: { ...vcpus, pins: all } };
    },
  },
  {
    name: 'fit for Xen',
    because: 'a disk gets a name that xl knows, a socket the path that libvirt would give; both are reported',
    apply: (domain) => toXen(domain, new Report()),
  },
  {
    name: 'all features of an HVM guest are said',
    because: 'what is absent is off in the model that libvirt has; PAE is always on for x86-64',
    apply: (domain) => {
      if (domain.os.type !== 'hvm') return domain;
      const { acpi = false, apic = false, viridian = false, ...features } = domain.features;
      return { ...domain, features: { ...features, acpi, apic, viridian, pae: true } };
    },
  },
  {
    name: 'the disk is tried first',
    because: "an empty boot order is the toolstack's default, and libvirt writes it as 'c'",
    apply: (domain) =>
      domain.os.type === 'hvm' && domain.os.boot.length === 0
        ? { ...domain, os: { ...domain.os, boot: ['disk'] } }
        : domain,
  },
  {
    name: 'the name tells the bus',
    because: "xl has no word for a disk's bus; the device model takes it from the name",
    apply: (domain) =>
      onDisks((disk) => ({
        ...disk,
        bus:
          domain.os.type !== 'hvm' || disk.target.startsWith('xvd')
            ? 'paravirtual'
            : disk.target.startsWith('sd')
              ? 'scsi'
              : 'ide',
      }))(domain),
  },
  {
    name: 'the backend or the path tells a block device',
    because: 'xl has one word, target=, for files and block devices',
    apply: onDisks((disk) => {
      if (disk.source === undefined || !('path' in disk.source)) return disk;
      const { path } = disk.source;
      const isBlock = disk.backend === 'phy' || (disk.backend === undefined && path.startsWith('/dev/'));
      return { ...disk, source: { kind: isBlock ? 'block' : 'file', path } };
    }),
  },
  {
    name: 'a network is a bridge',
    because:
      "xl knows no networks; that libvirt's own has its usual bridge is reported, and any other is an error",
    apply: onInterfaces((nic) =>
      nic.source.kind === 'network'
        ? { ...nic, source: { kind: 'bridge', bridge: nic.source.bridge ?? 'virbr0' } }
        : nic,
    ),
    leftOut: ({ interfaces }) =>
      interfaces.filter(({ source }) => source.kind === 'network' && source.bridge === undefined).length,
  },
  {
    name: 'a script for bridges has a bridge',
    because: "libvirt's rule, and the bridge is the one that libxl takes",
    apply: onInterfaces((nic) => {
      const wantsBridge = nic.script === 'vif-bridge' || nic.script === 'vif-vnic';
      return wantsBridge && nic.source.kind === 'ethernet'
        ? { ...nic, source: { kind: 'bridge', bridge: 'xenbr0' } }
        : nic;
    }),
  },
  {
    name: "a port of Open vSwitch by another's script",
    because: 'the script tells what a bridge is; only a list of VLANs does, too',
    apply: onInterfaces((nic) => {
      const { source, script } = nic;
      if (
        source.kind !== 'bridge' ||
        !source.openvswitch ||
        script === undefined ||
        /ovs|openvswitch/.test(script)
      )
        return nic;
      const { mode, vlans } = source.openvswitch;
      if (mode === 'trunk') return nic;
      return { ...nic, source: { kind: 'bridge', bridge: [source.bridge, ...vlans].join('.') } };
    }),
  },
  bridgeScript,
  {
    name: "Ceph's images are QEMU's",
    because: 'nothing else in dom0 can open them',
    apply: onDisks((disk) => (disk.source?.kind === 'rbd' ? { ...disk, backend: 'qdisk' } : disk)),
  },
  {
    name: 'ports in order',
    because: 'the place in the list is the number of the serial port',
    apply: (domain) => ({ ...domain, serials: domain.serials.toSorted((a, b) => a.port - b.port) }),
  },
  {
    name: 'serial ports that xl cannot say',
    because: 'PV has none, QEMU has four, and libvirt knows these forms alone',
    apply: (domain) => ({ ...domain, serials: domain.serials.filter((serial) => isSayable(serial, domain)) }),
    leftOut: (domain) => domain.serials.filter((serial) => !isSayable(serial, domain)).length,
  },
  {
    name: 'a serial port that tries again, or appends',
    because: 'an xl.cfg has no place for it; reported',
    apply: onSerials(plainly),
    leftOut: (domain) => domain.serials.filter(hasMore).length,
  },
  {
    name: 'a UDP port receives',
    because: "QEMU's form always has the end to receive on; empty, it is left to the system",
    apply: onSerials(receiving),
  },
  {
    name: 'USB input is for HVM',
    because: 'a PV guest has no USB; reported',
    apply: (domain) => (domain.os.type === 'hvm' ? domain : { ...domain, inputs: [] }),
    leftOut: (domain) => (domain.os.type === 'hvm' ? 0 : domain.inputs.length),
  },
  {
    name: 'framebuffers, or one screen of each kind',
    because: 'PV has the former, HVM the latter, in the order of the reader; SPICE is for HVM; reported',
    apply: (domain) => ({ ...domain, graphics: sayableGraphics(domain) }),
    leftOut: (domain) => domain.graphics.length - sayableGraphics(domain).length,
  },
  {
    name: 'an absent or empty address is loopback',
    because: "that is libvirt's default, and xl.cfg says it: for SPICE, xl's is every address",
    apply: onGraphics((graphics) =>
      graphics.kind === 'sdl' || graphics.listen || 'socket' in graphics
        ? graphics
        : { ...graphics, listen: '127.0.0.1' },
    ),
  },
  {
    name: 'SPICE has a port',
    because: 'libxl cannot choose one; reported as spice-port',
    apply: onGraphics((graphics) =>
      isPortless(graphics) ? { ...graphics, kind: 'spice', port: 5900 } : graphics,
    ),
    leftOut: (domain) => domain.graphics.filter(isPortless).length,
  },
  {
    name: 'the clipboard is not shared',
    because: "that is xl's default, and libvirt does not write it",
    apply: onGraphics((graphics) =>
      graphics.kind === 'spice' && graphics.clipboard === false ? without(graphics, 'clipboard') : graphics,
    ),
  },
  {
    name: 'the mouse and the clipboard bring the agent',
    because: 'they travel over its channel',
    apply: onGraphics((graphics) =>
      graphics.kind === 'spice' && (graphics.agentMouse === true || graphics.clipboard === true)
        ? { ...graphics, agent: true }
        : graphics,
    ),
  },
  {
    name: 'a bare Cirrus is absent',
    because: 'it is what xl gives anyway',
    apply: withoutVideoIf(({ model, memoryMiB }) => model === 'cirrus' && memoryMiB === undefined),
  },
  {
    name: 'kept settings are a set',
    because: "the writer puts the keys that libvirt knows in libvirt's order",
    apply: sortPreserved,
  },
];

/** libxl's default memory of each adapter, in MiB (libxl_create.c). */
const defaultMemoryMiB = { cirrus: 8, stdvga: 16, qxl: 128, none: 0 } as const;

/** model -> domain XML -> model */
export const throughXml: readonly Normalisation[] = [
  ...everywhere,
  ...devicesThroughXml,
  {
    name: 'NUMA nodes need ACPI',
    because: 'an HVM guest learns of them by it; libvirt turns it on, too',
    apply: (domain) =>
      domain.os.type === 'hvm' && domain.numa !== undefined
        ? { ...domain, features: { ...domain.features, acpi: true } }
        : domain,
  },
  {
    name: 'absent features are off',
    because: "an element that is not there says so in libvirt's XML",
    apply: (domain) => {
      if (domain.os.type !== 'hvm') return domain;
      const { acpi = false, apic = false, pae = false, viridian = false, ...features } = domain.features;
      return { ...domain, features: { ...features, acpi, apic, pae, viridian } };
    },
  },
  bridgeScript,
  {
    name: "the adapter's least memory is absent",
    because: 'libvirt always writes vram, so no more than the default says nothing',
    apply: (domain) => {
      const { video } = domain;
      if (video?.memoryMiB === undefined || video.memoryMiB > defaultMemoryMiB[video.model]) return domain;
      return { ...domain, video: { model: video.model } };
    },
  },
  {
    name: "SPICE's agent goes without saying",
    because: 'with the mouse or the clipboard it is there; otherwise it is kept in <metadata> and comes back',
    apply: onGraphics((graphics) =>
      graphics.kind === 'spice' &&
      graphics.agent === true &&
      (graphics.agentMouse === true || graphics.clipboard === true)
        ? without(graphics, 'agent')
        : graphics,
    ),
  },
  {
    name: 'devices that xl cannot say',
    because: 'the reader keeps them as pieces of XML, and tells of each',
    apply: (domain) => ({ ...domain, ...sayableDevices(domain) }),
    leftOut: (domain) => {
      const { serials, inputs, graphics } = sayableDevices(domain);
      // A PV guest has its own mouse and keyboard: that is no loss.
      const devices = domain.os.type === 'hvm' ? domain.inputs.length - inputs.length : 0;
      const all = domain.serials.length + domain.graphics.length;
      return all - serials.length - graphics.length + devices;
    },
  },
];

function withoutEmpty(os: Domain['os']): Domain['os'] {
  const entries = Object.entries(os).filter(
    ([name, value]) => name === 'boot' || (value !== '' && !(Array.isArray(value) && value.length === 0)),
  );
  return Object.fromEntries(entries) as unknown as Domain['os'];
}

function onDisks(change: (disk: Disk) => Disk): (domain: Domain) => Domain {
  return (domain) => ({ ...domain, disks: domain.disks.map(change) });
}

function onSerials(change: (connection: Connection) => Connection): (domain: Domain) => Domain {
  return (domain) => ({
    ...domain,
    serials: domain.serials.map((serial) => ({ ...serial, connection: change(serial.connection) })),
  });
}

function onInterfaces(change: (nic: Interface) => Interface): (domain: Domain) => Domain {
  return (domain) => ({ ...domain, interfaces: domain.interfaces.map(change) });
}

function onGraphics(change: (graphics: Graphics) => Graphics): (domain: Domain) => Domain {
  return (domain) => ({ ...domain, graphics: domain.graphics.map(change) });
}

function withoutVideoIf(
  isImplied: (video: NonNullable<Domain['video']>) => boolean,
): (domain: Domain) => Domain {
  return ({ video, ...domain }) => (video && !isImplied(video) ? { ...domain, video } : domain);
}

const isSayable = ({ port, connection }: Serial, domain: Domain): boolean =>
  domain.os.type === 'hvm' && port <= 3 && isSayableChardev(connection);

function sayableGraphics({ graphics, os }: Domain): readonly Graphics[] {
  if (os.type !== 'hvm') return graphics.filter(({ kind }) => kind !== 'spice');
  const kinds = ['spice', 'vnc', 'sdl'];
  return graphics.toSorted((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind));
}

function sayableDevices(domain: Domain): Pick<Domain, 'serials' | 'inputs' | 'graphics'> {
  const { os, serials, inputs, graphics } = domain;
  if (os.type !== 'hvm') return { serials: [], inputs: [], graphics: sayableGraphics(domain) };
  return {
    serials: serials.filter(({ connection }) => serialKinds.includes(connection.kind)),
    inputs,
    graphics,
  };
}

const isPortless = (graphics: Graphics): boolean =>
  graphics.kind === 'spice' && graphics.port === undefined && graphics.tlsPort === undefined;

/** Sorts the preserved settings, for both sides of a comparison. */
export function sortPreserved(domain: Domain): Domain {
  const settings = domain.preserved.settings.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  return { ...domain, preserved: { ...domain.preserved, settings } };
}

/** An object without one of its members. */
export function without<Whole extends object, Part extends keyof Whole & string>(
  whole: Whole,
  part: Part,
): Omit<Whole, Part> {
  const entries = Object.entries(whole).filter(([name]) => name !== part);
  return Object.fromEntries(entries) as unknown as Omit<Whole, Part>;
}
