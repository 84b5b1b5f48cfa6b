import fc from 'fast-check';
import type { Cpu, CpuFeature, Domain, Features, NumaNode, Os, VcpuPin, Xenbus } from '../../lib/index.js';

/** A normalised list of CPUs: sorted ranges that are neither adjacent nor overlapping. */
export const cpuList = fc
  .uniqueArray(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 })
  .map(normalised);

function normalised(cpus: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const cpu of cpus.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last?.[1] === cpu - 1) last[1] = cpu;
    else ranges.push([cpu, cpu]);
  }
  return ranges.map(([from, to]) => (from === to ? String(from) : `${from}-${to}`)).join(',');
}

/** Pins for some of the virtual CPUs. */
export const pins = (maximum: number): fc.Arbitrary<readonly VcpuPin[]> =>
  fc
    .uniqueArray(
      fc.record({ vcpu: fc.nat(Math.min(maximum, 32) - 1), cpus: cpuList }, { noNullPrototype: true }),
      { selector: ({ vcpu }) => vcpu, minLength: 1, maxLength: 5 },
    )
    .map((list) => list.toSorted((a, b) => a.vcpu - b.vcpu));

const feature: fc.Arbitrary<CpuFeature> = fc.record(
  {
    name: fc.constantFrom(
      'avx',
      'aes',
      'cx16',
      'pni',
      'spec-ctrl',
      'avx512vnni',
      'sse4.1',
      'x2apic',
      'hypervisor',
    ),
    policy: fc.constantFrom('on' as const, 'off' as const, 'default' as const, 'host' as const),
  },
  { noNullPrototype: true },
);

/** A PV or PVH guest has only features, and at least one. */
export function cpu(type: Os['type']): fc.Arbitrary<Cpu> {
  const features = (minLength: number): fc.Arbitrary<readonly CpuFeature[]> =>
    fc.uniqueArray(feature, { selector: ({ name }) => name, minLength, maxLength: 4 });
  return type === 'hvm'
    ? fc.record({ nested: fc.boolean(), features: features(0) }, { noNullPrototype: true })
    : fc.record({ features: features(1) }, { noNullPrototype: true });
}

const group = fc.constantFrom('base', 'freq', 'stimer', 'hcall_ipi', 'defaults', 'all');
export const viridian: fc.Arbitrary<NonNullable<Features['viridian']>> = fc.oneof(
  fc.boolean(),
  fc.uniqueArray(
    fc.tuple(fc.constantFrom('', '!'), group).map(([mark, name]) => mark + name),
    { minLength: 1, maxLength: 4 },
  ),
);

export const passthrough = fc.constantFrom('enabled' as const, 'sync_pt' as const, 'share_pt' as const);

export const xenbus: fc.Arbitrary<Xenbus> = fc
  .record(
    {
      maxEventChannels: fc.integer({ min: 1, max: 0x7fffffff }),
      maxGrantFrames: fc.integer({ min: 1, max: 4096 }),
    },
    { requiredKeys: [], noNullPrototype: true },
  )
  .filter((limits) => Object.keys(limits).length > 0);

/** NUMA nodes, with the memory and CPUs of the domain that match them. */
export const numa: fc.Arbitrary<Pick<Domain, 'numa' | 'memory' | 'vcpus'>> = fc
  .integer({ min: 1, max: 4 })
  .chain((count) =>
    fc.tuple(
      fc.array(node(count), { minLength: count, maxLength: count }),
      // The node of each virtual CPU; the first ones give every node a CPU.
      fc.array(fc.nat(count - 1), { maxLength: 8 }),
      fc.integer({ min: 1, max: count }),
    ),
  )
  .map(([nodes, more, online]) => {
    const homes = [...nodes.keys(), ...more];
    const list = nodes.map((value, id) => ({
      ...value,
      vcpus: normalised(homes.flatMap((home, vcpu) => (home === id ? [vcpu] : []))),
    }));
    const maximumKiB = list.reduce((sum, { memoryKiB }) => sum + memoryKiB, 0);
    return {
      numa: list,
      memory: { maximumKiB, currentKiB: maximumKiB },
      vcpus: { maximum: homes.length, online },
    };
  });

const node = (count: number): fc.Arbitrary<Omit<NumaNode, 'vcpus'>> =>
  fc.record(
    {
      hostNode: fc.nat(7),
      memoryKiB: fc.integer({ min: 1, max: 4096 }).map((mib) => mib * 1024),
      distances: fc.array(fc.integer({ min: 10, max: 255 }), { minLength: count, maxLength: count }),
    },
    { noNullPrototype: true },
  );
