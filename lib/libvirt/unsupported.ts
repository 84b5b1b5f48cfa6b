import type { Code } from '../diagnostics/codes.js';
import type { AdaptRule, UnsupportedRow } from './descriptor.js';
import { descriptors } from './descriptors.js';
import { settings } from './unsupported-settings.js';

/**
 * What xl does not support and no reader takes, in addition to the rows of the devices, which come first. What
 * matches no row is reported as not implemented.
 */
const general: readonly UnsupportedRow[] = [
  ['@id', 'implied', 'a domain ID is assigned at every start'],
  ['devices/*/alias', 'implied', 'device aliases are internal to libvirt'],
  ['devices/*/address', 'implied', 'Xen assigns bus addresses automatically'],
  ['devices/*/source/@path', 'implied', 'the terminal is assigned at every start'],
  ['devices/*/@tty', 'implied', 'the terminal is assigned at every start'],
  ['devices/memballoon', 'implied', "Xen guests use Xen's balloon driver"],
  ['devices/watchdog', 'unsupported', 'xl.cfg cannot give a guest a watchdog device'],
  ['devices/rng', 'unsupported', 'Xen has no random number device'],
  ['devices/panic', 'unsupported', 'a Xen guest reports a crash by hypercall'],
  ['devices/smartcard', 'unsupported', 'Xen has no smart card reader'],
  ['devices/lease', 'unsupported', 'xl has no lock manager'],
  ['devices/memory', 'unsupported', 'Xen has no memory modules', 'rejected'],
  ['devices/shmem', 'unsupported', 'Xen has no shared memory device'],
  ['devices/vsock', 'unsupported', 'Xen has no vsock device'],
  ['devices/hub', 'unsupported', 'Xen has no USB hub'],
  ['devices/*/log', 'unsupported', 'xl writes no log of a character device'],
  ['devices/*/source/@tls', 'unsupported', 'xl cannot ask for TLS on a character device'],
  ['devices/audio', 'unsupported', 'xl cannot select the audio backend'],
  ['devices/tpm', 'unsupported', 'vtpm requires a backend domain; the XML does not name one'],
  ['devices/filesystem', 'not-implemented', 'xl shares folders with p9=, which a guest mounts differently'],
  ['devices/nvram', 'unsupported', 'NVRAM devices exist on POWER machines only'],
  ['devices/iommu', 'unsupported', "a Xen guest's machine has no IOMMU"],
  ['devices/crypto', 'unsupported', 'Xen has no crypto device'],
  ['devices/pstore', 'unsupported', 'Xen has no persistent store for crashes'],
  ['memoryBacking', 'unsupported', "Xen allocates a guest's memory itself"],
  ['memtune', 'unsupported', "Xen has no other limits of a guest's memory than its size"],
  ['blkiotune', 'unsupported', 'xl does not limit what a guest reads and writes'],
  ['iothreads', 'implied', "Xen's disk backends have threads of their own"],
  ['iothreadids', 'implied', "Xen's disk backends have threads of their own"],
  ['on_lockfailure', 'unsupported', 'xl has no lock manager'],
  ['qemu:commandline', 'unsupported', "these arguments are for KVM's QEMU; <xen:commandline> is for Xen's"],
  ['qemu:override', 'unsupported', "these arguments are for KVM's QEMU"],
  ['qemu:capabilities', 'unsupported', "these arguments are for KVM's QEMU"],
  ['maxMemory', 'unsupported', 'Xen has no memory modules', 'rejected'],
  ['features/hyperv/vendor_id', 'unsupported', 'xl cannot change the hypervisor vendor ID', 'replaced'],
  ['features/hyperv/@*', 'implied', 'Xen selects its own enlightenments'],
  ['features/hyperv/*', 'implied', 'Xen selects its own enlightenments'],
  ['features/hyperv/*/@*', 'implied', 'Xen selects its own enlightenments'],
  ['features/hyperv/*/*', 'implied', 'Xen selects its own enlightenments'],
  [
    'cpu/@mode',
    'implied',
    "a guest on Xen sees the host's CPU, with nested virtualization if vmx or svm is required",
  ],
  ['cpu/@*', 'implied', "a guest on Xen sees the host's CPU, as far as Xen can show it"],
  ['cpu/model/@vendor_id', 'unsupported', 'xl cannot change the CPU vendor', 'replaced'],
  ['cpu/model/@*', 'implied', "a guest on Xen sees the host's CPU"],
  ['cpu/vendor', 'implied', "a guest on Xen sees the host's CPU"],
  ['features/*', 'unsupported', 'Xen has no such feature'],
  ['features/*/@*', 'unsupported', 'Xen has no such setting of a feature'],
  ['cpu/feature', 'unsupported', 'xl cannot change this feature of the CPU'],
  ['cpu/topology', 'unsupported', 'xl selects the topology of cores and threads'],
  ['cpu/numa/cell/@*', 'unsupported', 'xl.cfg has no such NUMA node setting'],
  ['cpu/numa/*', 'unsupported', 'xl.cfg has no such NUMA setting'],
  ['cpu/*', 'unsupported', 'xl.cfg has no such CPU setting'],
  ['cputune/vcpupin', 'unsupported', 'the guest has no such virtual CPU, or it is already pinned'],
  ['cputune/iothreadpin', 'implied', "Xen's disk backends have threads of their own"],
  ['cputune/iothreadsched', 'implied', "Xen's disk backends have threads of their own"],
  ['cputune/shares', 'unsupported', 'cpu_weight is relative to 256 and to dom0; set it by hand'],
  ['cputune/emulatorpin', 'unsupported', 'xl cannot choose where the device model runs'],
  ['cputune/vcpusched', 'unsupported', 'Xen has one scheduler for all of a guest'],
  ['cputune/iothread_period', 'implied', "Xen's disk backends have threads of their own"],
  ['cputune/iothread_quota', 'implied', "Xen's disk backends have threads of their own"],
  ['cputune/emulator_period', 'unsupported', 'xl does not limit the device model'],
  ['cputune/emulator_quota', 'unsupported', 'xl does not limit the device model'],
  ['cputune/emulatorsched', 'unsupported', 'xl does not limit the device model'],
  [
    'cputune/cachetune',
    'unsupported',
    'xl.cfg has no share of a cache; xl psr-cat-set gives one to a running guest',
  ],
  ['cputune/memorytune', 'unsupported', 'xl.cfg has no limit of memory bandwidth; xl psr-mba-set sets one'],
  ['cputune/*', 'unsupported', 'xl has one cap for all of a guest, in percent of a CPU; set it by hand'],
  ['numatune/*', 'unsupported', "xl places a guest's memory by cpus, or by nodes of its own"],
  ['numatune', 'unsupported', "xl places a guest's memory by cpus, or by nodes of its own"],
  ['os/bootmenu', 'unsupported', "xl cannot enable the firmware's boot menu"],
  ['os/bios', 'unsupported', 'xl.cfg has no such choice of the BIOS'],
  ['os/loader/@stateless', 'implied', "Xen's firmware stores no variables in a file of the host"],
  ['os/loader', 'unsupported', "xl uses Xen's hvmloader"],
  ['bootloader', 'unsupported', 'an HVM guest boots by its firmware'],
  ['bootloader_args', 'unsupported', 'an HVM guest boots by its firmware'],
  ['vcpu/@placement', 'unsupported', 'xl does not place virtual CPUs automatically', 'replaced'],
  // The driver accepts it and does not save it.
  ['os/nvram', 'unsupported', "Xen's OVMF does not store its variables in a file of the host", 'rejected'],
  ['os/firmware/*', 'unsupported', "Xen's OVMF has no such setting"],
  ['title', 'host-only', 'xl.cfg has no title field'],
  ['description', 'host-only', 'xl.cfg has no description field'],
  ['metadata', 'host-only', "xl.cfg has no field for other programs' metadata"],
  ['metadata/*', 'host-only', "xl.cfg has no field for other programs' metadata"],
  ['resource', 'unsupported', 'xl does not place domains in control groups'],
  ['clock/@start', 'unsupported', 'xl has no such clock', 'replaced'],
  ['clock/@timezone', 'unsupported', 'xl has no such clock', 'replaced'],
  ['clock/timer/@*', 'unsupported', 'Xen cannot set this of a timer'],
  ['clock/timer', 'unsupported', 'Xen has no such timer, or cannot configure it'],
];

/** What no reader takes: the rows of the devices, those above and those of settings. The first that fits a path applies. */
export const allRows = (): readonly UnsupportedRow[] => [
  ...descriptors.flatMap(({ unsupported = [] }) => unsupported),
  ...general,
  ...settings,
];

/**
 * What libvirt's Xen driver rejects or ignores, as the descriptors and the rows above have it, besides what no reader
 * takes (adapt/ignored.ts). Each was tried on the
 * drivers of libvirt 9.0 and 11.3 (test/real/adapted-domains.ts, and the lab); those about <filterref> and VFIO are
 * of 11.3 alone.
 */
export const adaptRules = (): readonly AdaptRule[] => [
  ...descriptors.flatMap(({ adapt = [] }) => adapt),
  ...allRows()
    .filter((row) => row[3] === 'rejected')
    .map(([path]): AdaptRule => ({ path, driver: 'rejects' })),
];

/** What the table has about an element or attribute. */
export interface Unsupported {
  readonly code: Code;
  readonly reason: string;
  readonly replaced: boolean;
}

interface Rule {
  readonly row: UnsupportedRow;
  /** Of the rows that fit a path, the first applies. */
  readonly place: number;
}

/** No path of the table has more steps; a test checks it. */
export const maximumSteps = 5;

/** The rules by their paths, wildcards included. Built at the first use. */
let rules: ReadonlyMap<string, Rule> | undefined;

function rulesByPath(): ReadonlyMap<string, Rule> {
  const byPath = new Map<string, Rule>();
  for (const row of allRows()) {
    const path = row[0];
    if (!byPath.has(path)) byPath.set(path, { row, place: byPath.size });
  }
  return byPath;
}

/** What was found before: a guest of forty disks has the same paths forty times. */
const found = new Map<string, Unsupported | undefined>();

/** How many paths are kept, and how long each can be: a program can read any number of documents. */
const [maximumFound, maximumLength] = [1000, 100];

/** Why xl does not support an element or attribute, by its path from below <domain>. */
export function unsupportedReason(path: string): Unsupported | undefined {
  if (found.has(path)) return found.get(path);
  rules ??= rulesByPath();
  const steps = path.split('/');
  const row = steps.length > maximumSteps ? undefined : firstRule(rules, steps)?.row;
  const result = row && { code: row[1], reason: row[2], replaced: row[3] === 'replaced' };
  if (found.size >= maximumFound) found.clear();
  if (path.length <= maximumLength) found.set(path, result);
  return result;
}

/** The first of the rules whose path has the same steps from `at` on, or wildcards in their places. */
function firstRule(
  byPath: ReadonlyMap<string, Rule>,
  steps: readonly string[],
  at = 0,
  path = '',
): Rule | undefined {
  const step = steps[at];
  if (step === undefined) return byPath.get(path.slice(1));
  const named = firstRule(byPath, steps, at + 1, `${path}/${step}`);
  const any = firstRule(byPath, steps, at + 1, `${path}/${step.startsWith('@') ? '@*' : '*'}`);
  return named && any ? (named.place < any.place ? named : any) : (named ?? any);
}
