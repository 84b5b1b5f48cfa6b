import type { Code } from '../diagnostics/codes.js';

/**
 * What is known of the elements and attributes that no reader takes. A path counts from below
 * <domain>; `*` stands for one name. The first row that fits is taken; what fits none is reported
 * as not translated. What is marked as replaced is not kept for the way back: something else was
 * written in its place, and the two would not go together.
 */
const known: readonly (readonly [path: string, code: Code, reason: string, replaced?: 'replaced'])[] = [
  ['@id', 'implied', 'the number of a running domain; the toolstack gives a new one'],
  ['devices/*/alias', 'implied', "libvirt's own name for a device"],
  ['devices/*/address', 'implied', "a place on a bus that Xen's machine lays out by itself"],
  ['devices/disk/backingStore', 'implied', 'what an image is based on is read from the image'],
  ['devices/disk/source/@index', 'implied', 'the number of an image in a running domain'],
  ['devices/interface/source/@portid', 'implied', 'the port of a running domain'],
  ['devices/channel/log', 'no-counterpart', 'xl keeps no log of a channel; virt2xen attach does'],
  ['devices/channel/target/@state', 'implied', 'whether a program is connected just now'],
  ['devices/console', 'no-counterpart', 'xl gives a guest one console, a terminal of the host'],
  ['devices/disk', 'no-counterpart', 'xl has no floppy drives'],
  [
    'devices/serial',
    'no-counterpart',
    'a PV guest has no serial ports, and xl.cfg has no form for this kind',
  ],
  [
    'devices/video',
    'no-counterpart',
    'xl gives an HVM guest one adapter, and a PV guest no choice',
    'replaced',
  ],
  ['devices/serial/target/@type', 'no-counterpart', 'the serial ports of a Xen guest are on its ISA bus'],
  ['devices/disk/target/@bus', 'no-counterpart', "a disk's name tells xl its bus", 'replaced'],
  ['devices/video/model/@heads', 'no-counterpart', "Xen's adapters have one head"],
  ['devices/video/model/@*', 'implied', "a size for KVM's adapters"],
  ['devices/emulator', 'no-counterpart', 'a guest has one device model'],
  ['devices/*/source/@path', 'implied', 'the terminal of a running domain; each start gives a new one'],
  ['devices/*/@tty', 'implied', 'a terminal that the host gives at every start'],
  ['devices/memballoon', 'implied', "Xen's guests have a balloon driver of their own"],
  ['devices/input', 'no-counterpart', 'Xen has no such input device'],
  ['devices/controller', 'no-counterpart', 'Xen has no such controller'],
  ['devices/watchdog', 'no-counterpart', 'xl.cfg cannot give a guest a watchdog device'],
  ['devices/rng', 'no-counterpart', 'Xen has no random number device'],
  ['devices/panic', 'no-counterpart', 'a Xen guest reports a crash by hypercall'],
  ['devices/smartcard', 'no-counterpart', 'Xen has no smart card reader'],
  ['devices/lease', 'no-counterpart', 'xl has no lock manager'],
  ['devices/memory', 'no-counterpart', 'Xen cannot plug memory modules'],
  ['devices/shmem', 'no-counterpart', 'Xen has no shared memory device'],
  ['devices/vsock', 'no-counterpart', 'Xen has no vsock device'],
  ['devices/hub', 'no-counterpart', 'Xen has no USB hub'],
  [
    'devices/parallel',
    'no-counterpart',
    'a PV guest has no parallel ports, and xl.cfg has no form for this kind',
  ],
  ['devices/*/log', 'no-counterpart', 'xl writes no log of a character device'],
  ['devices/*/source/@tls', 'no-counterpart', 'xl cannot ask for TLS on a character device'],
  [
    'devices/sound',
    'no-counterpart',
    "only an HVM guest has a sound card, and of those that Xen's QEMU knows",
  ],
  ['devices/sound/codec', 'implied', "Xen's HD Audio comes with its codec"],
  ['devices/audio', 'no-counterpart', "xl cannot choose where a guest's sound goes"],
  ['devices/sound/audio', 'no-counterpart', "xl cannot choose where a guest's sound goes"],
  ['devices/hostdev/@managed', 'implied', 'libxl itself takes a USB device from the driver of the host'],
  ['devices/hostdev/source/vendor', 'implied', 'the bus and number tell which device it is'],
  ['devices/hostdev/source/product', 'implied', 'the bus and number tell which device it is'],
  ['devices/hostdev/rom', 'no-counterpart', 'xl cannot choose the ROM of an assigned device'],
  ['devices/hostdev/boot', 'no-counterpart', 'xl has no word to boot from an assigned device'],
  ['devices/hostdev/teaming', 'no-counterpart', 'xl cannot pair a device with an interface'],
  [
    'devices/hostdev/source/@startupPolicy',
    'no-counterpart',
    'xl refuses to start without a device that is named',
  ],
  ['devices/redirdev', 'no-counterpart', 'xl redirects USB devices by SPICE only, to an HVM guest'],
  [
    'devices/redirfilter',
    'no-counterpart',
    'xl cannot choose which USB devices may be redirected: all may be',
  ],
  ['devices/tpm', 'no-counterpart', "xl.cfg's vtpm is a domain of its own, which nobody named"],
  ['devices/filesystem', 'not-translated', 'xl shares folders by p9=, which a guest mounts in another way'],
  ['devices/nvram', 'no-counterpart', 'it is a device of POWER machines'],
  ['devices/iommu', 'no-counterpart', "a Xen guest's machine has no IOMMU"],
  ['devices/crypto', 'no-counterpart', 'Xen has no crypto device'],
  ['devices/pstore', 'no-counterpart', 'Xen has no persistent store for crashes'],
  ['qemu:commandline', 'no-counterpart', "these words are for KVM's QEMU; <xen:commandline> is for Xen's"],
  ['qemu:override', 'no-counterpart', "these words are for KVM's QEMU"],
  ['qemu:capabilities', 'no-counterpart', "these words are for KVM's QEMU"],
  ['maxMemory', 'no-counterpart', 'Xen cannot plug memory modules'],
  ['features/hyperv/vendor_id', 'no-counterpart', 'xl cannot change the name that Xen gives', 'replaced'],
  ['features/hyperv/@*', 'implied', 'Xen chooses its enlightenments by itself'],
  ['features/hyperv/*', 'implied', 'Xen chooses its enlightenments by itself'],
  ['features/hyperv/*/@*', 'implied', 'Xen chooses its enlightenments by itself'],
  ['features/hyperv/*/*', 'implied', 'Xen chooses its enlightenments by itself'],
  ['cpu/@mode', 'implied', "a guest on Xen sees the host's CPU, and is nested if vmx or svm is asked for"],
  ['cpu/@*', 'implied', "a guest on Xen sees the host's CPU, as far as Xen can show it"],
  ['cpu/model/@vendor_id', 'no-counterpart', 'xl cannot change the maker that the CPU names', 'replaced'],
  ['cpu/model/@*', 'implied', "a guest on Xen sees the host's CPU"],
  ['cpu/vendor', 'implied', "a guest on Xen sees the host's CPU"],
  ['features/*', 'no-counterpart', 'Xen has no such feature'],
  ['cpu/feature', 'no-counterpart', 'xl cannot change this feature of the CPU'],
  ['cpu/topology', 'no-counterpart', 'xl lays out cores and threads by itself'],
  ['cpu/numa/cell/@*', 'no-counterpart', 'xl.cfg cannot say this of a NUMA node'],
  ['cpu/numa/*', 'no-counterpart', 'xl.cfg cannot say this of NUMA nodes'],
  ['cpu/*', 'no-counterpart', 'xl.cfg cannot say this of the CPU'],
  ['cputune/vcpupin', 'no-counterpart', 'the guest has no such virtual CPU, or it has its place already'],
  ['cputune/shares', 'no-counterpart', 'cpu_weight weighs against 256, and against dom0; set it by hand'],
  ['cputune/emulatorpin', 'no-counterpart', 'xl cannot choose where the device model runs'],
  ['cputune/*', 'no-counterpart', 'xl has one cap for all of a guest, in percent of a CPU; set it by hand'],
  [
    'cputune',
    'no-counterpart',
    'xl knows cpu_weight and cap, which weigh and count otherwise; set them by hand',
  ],
  ['numatune/*', 'no-counterpart', "xl places a guest's memory by cpus, or by nodes of its own"],
  ['numatune', 'no-counterpart', "xl places a guest's memory by cpus, or by nodes of its own"],
  ['os/bootmenu', 'no-counterpart', "xl cannot ask for the firmware's menu"],
  ['os/bios', 'no-counterpart', 'xl.cfg has no such choice of the BIOS'],
  ['os/loader', 'no-counterpart', "xl takes Xen's own hvmloader"],
  ['bootloader', 'no-counterpart', 'an HVM guest boots by its firmware'],
  ['bootloader_args', 'no-counterpart', 'an HVM guest boots by its firmware'],
  ['vcpu/@placement', 'no-counterpart', 'xl places no CPUs by itself', 'replaced'],
  ['os/nvram', 'no-counterpart', "Xen's OVMF keeps its variables in no file of the host"],
  ['os/firmware/*', 'no-counterpart', "Xen's OVMF has no such choice"],
  ['os/smbios', 'no-counterpart', 'xl.cfg cannot set SMBIOS fields'],
  ['sysinfo', 'no-counterpart', 'xl.cfg cannot set SMBIOS fields'],
  ['title', 'no-counterpart', 'xl.cfg has no place for words about a domain'],
  ['description', 'no-counterpart', 'xl.cfg has no place for words about a domain'],
  ['metadata', 'no-counterpart', "xl.cfg has no place for other programs' data"],
  ['metadata/*', 'no-counterpart', "xl.cfg has no place for other programs' data"],
  ['pm', 'no-counterpart', 'xl.cfg has no switches for sleep states by that name'],
  ['resource', 'no-counterpart', 'xl puts no domain in a control group'],
  ['seclabel', 'no-counterpart', "the label is for the host's own security driver"],
  ['devices/interface/link', 'no-counterpart', "xl cannot unplug a guest's cable"],
  ['devices/interface/rom', 'no-counterpart', 'xl cannot choose the boot ROM of a network card'],
  [
    'devices/interface/filterref',
    'no-counterpart',
    'xl has no network filters: nothing holds the guest to its own addresses',
  ],
  [
    'devices/interface/bandwidth/inbound',
    'no-counterpart',
    'xl limits what a guest sends, not what it receives',
  ],
  ['devices/interface/bandwidth/outbound/@*', 'no-counterpart', 'xl knows one rate, the average'],
  [
    'devices/graphics',
    'no-counterpart',
    'xl shows an HVM guest by VNC, SPICE and SDL, once each, a PV guest by one of VNC and SDL',
  ],
  [
    'devices/graphics/listen',
    'no-counterpart',
    'xl listens on an address, not on a libvirt network or socket',
  ],
  ['devices/disk/serial', 'no-counterpart', "Xen's disks have no serial numbers"],
  ['clock/@start', 'no-counterpart', 'xl has no such clock', 'replaced'],
  ['clock/@timezone', 'no-counterpart', 'xl has no such clock', 'replaced'],
  [
    'devices/graphics/@socket',
    'no-counterpart',
    'xl shows a screen on a TCP port, not on a socket',
    'replaced',
  ],
  ['clock/timer', 'no-counterpart', 'Xen has no such timer, or no choice about it'],
  ['devices/disk/driver/@*', 'no-counterpart', 'xl leaves this to the backend'],
  ['devices/disk/@snapshot', 'no-counterpart', 'xl takes no snapshots'],
  [
    'devices/disk/source/@startupPolicy',
    'no-counterpart',
    'xl refuses to start without a medium that is named',
  ],
  ['devices/graphics/channel', 'no-counterpart', 'xl cannot say which SPICE channels want TLS'],
  ['devices/graphics/@passwdValidTo', 'no-counterpart', "xl's passwords do not expire"],
];

interface Rule {
  readonly steps: readonly string[];
  readonly code: Code;
  readonly reason: string;
  readonly replaced: boolean;
}

/** Rules by the first name of their path, so that a look-up tries few. Made at the first use. */
let rules: ReadonlyMap<string, readonly Rule[]> | undefined;

function groupRules(): ReadonlyMap<string, readonly Rule[]> {
  const groups = new Map<string, Rule[]>();
  for (const [selector, code, reason, replaced] of known) {
    const steps = selector.split('/');
    const [first = ''] = steps;
    const rule = { steps, code, reason, replaced: replaced !== undefined };
    const group = groups.get(first);
    if (group) group.push(rule);
    else groups.set(first, [rule]);
  }
  return groups;
}

/** What is known of an element or attribute that Xen has no use for, by its path from below <domain>. */
export function fateOf(path: string): Omit<Rule, 'steps'> | undefined {
  rules ??= groupRules();
  const names = path.split('/');
  return rules.get(names[0] ?? '')?.find(({ steps }) => fits(steps, names));
}

const fits = (steps: readonly string[], names: readonly string[]): boolean =>
  steps.length === names.length &&
  names.every((name, i) => steps[i] === name || steps[i] === (name.startsWith('@') ? '@*' : '*'));
