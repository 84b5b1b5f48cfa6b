/** The platform in libxl's terms; see meaning.ts. */
import type { Domain, Features, NumaNode } from '../../lib/index.js';
import type { Json, JsonObject } from './json.js';

/** libxl_viridian_enlightenment, in the order of libxl_types.idl. */
const groups = `base freq time_ref_count reference_tsc hcall_remote_tlb_flush apic_assist crash_ctl
  synic stimer hcall_ipi ex_processor_masks no_vp_limit cpu_hotplug`.split(/\s+/);

/** A boolean, or two sets of numbers; `all` is every existing bit. */
export function viridianOf(viridian: NonNullable<Features['viridian']>): JsonObject {
  if (typeof viridian !== 'object') return { viridian: viridian ? 'True' : 'False' };
  const chosen = viridian.filter((group) => !group.startsWith('!'));
  const dropped = viridian.filter((group) => group.startsWith('!')).map((group) => group.slice(1));
  return {
    viridian: chosen.includes('defaults') ? 'True' : dropped.includes('defaults') ? 'False' : null,
    viridian_enable: bitsOf(chosen),
    viridian_disable: bitsOf(dropped),
  };
}

function bitsOf(names: readonly string[]): Json {
  if (names.includes('all')) return Array.from({ length: 64 }, (_, bit) => bit);
  const bits = names.map((name) => groups.indexOf(name)).filter((bit) => bit >= 0);
  return bits.length > 0 ? bits.toSorted((a, b) => a - b) : null;
}

export function numaOf({ numa = [] }: Domain): JsonObject {
  if (numa.length === 0) return { vnuma_nodes: null };
  return { numa_placement: 'False', vnuma_nodes: numa.map(nodeOf) };
}

const nodeOf = ({ hostNode, memoryKiB, vcpus, distances }: NumaNode): JsonObject => ({
  memkb: memoryKiB,
  pnode: hostNode === 0 ? null : hostNode,
  distances: [...distances],
  vcpus: vcpus.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  }),
});

/** The CPUID bits of some features, from the manuals of Intel and AMD. */
const places: Readonly<
  Record<string, readonly [leaf: number, register: string, bit: number, subleaf?: number]>
> = {
  pni: [1, 'ecx', 0],
  cx16: [1, 'ecx', 13],
  'sse4.1': [1, 'ecx', 19],
  x2apic: [1, 'ecx', 21],
  aes: [1, 'ecx', 25],
  avx: [1, 'ecx', 28],
  hypervisor: [1, 'ecx', 31],
  avx512vnni: [7, 'ecx', 11, 0],
  'spec-ctrl': [7, 'edx', 26, 0],
  hle: [7, 'ebx', 4, 0],
  rtm: [7, 'ebx', 11, 0],
  rdrand: [1, 'ecx', 30],
  smep: [7, 'ebx', 7, 0],
  cid: [1, 'ecx', 10],
  ds_cpl: [1, 'ecx', 4],
  pclmuldq: [1, 'ecx', 1],
  ht: [1, 'edx', 28],
  pn: [1, 'edx', 18],
  clflush: [1, 'edx', 19],
  sep: [1, 'edx', 11],
  cx8: [1, 'edx', 8],
  nodeid_msr: [0x80000001, 'ecx', 19],
  cr8legacy: [0x80000001, 'ecx', 4],
  lahf_lm: [0x80000001, 'ecx', 0],
  cmp_legacy: [0x80000001, 'ecx', 1],
  fxsr_opt: [0x80000001, 'edx', 25],
  pdpe1gb: [0x80000001, 'edx', 26],
  ssbd: [7, 'edx', 31, 0],
  avx2: [7, 'ebx', 5, 0],
  avx512f: [7, 'ebx', 16, 0],
};
const letters = { on: '1', off: '0', default: 'x', host: 'k' } as const;

/** Registers in the syntax of xl.cfg(5): 32 characters, the highest bit first. */
export function cpuidOf({ cpu }: Domain): JsonObject {
  const leaves = new Map<string, Record<string, Json>>();
  for (const { name, policy } of cpu?.features ?? []) {
    const place = places[name];
    if (!place) throw new Error(`this suite does not know the bit of '${name}'`);
    const [leaf, register, bit, subleaf] = place;
    const key = `${leaf} ${subleaf ?? ''}`;
    const entry = leaves.get(key) ?? { leaf, ...(subleaf !== undefined && { subleaf }) };
    const before = entry[register];
    const text = typeof before === 'string' ? before : 'x'.repeat(32);
    entry[register] = text.slice(0, 31 - bit) + letters[policy] + text.slice(32 - bit);
    leaves.set(key, entry);
  }
  if (leaves.size === 0) return { cpuid: null };
  return { cpuid: { cpuid: [...leaves.values()], msr: [] } };
}
