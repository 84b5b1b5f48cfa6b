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
  ['devices/channel/log', 'unsupported', 'xl keeps no log of a channel; virt2xen attach does'],
  ['devices/channel/target/@state', 'implied', 'whether a program is connected just now'],
  ['devices/console', 'unsupported', 'xl gives a guest one console, a terminal of the host'],
  ['devices/disk', 'unsupported', 'xl has no floppy drives'],
  ['devices/serial', 'unsupported', 'a PV guest has no serial ports, and xl.cfg has no form for this kind'],
  ['devices/video', 'unsupported', 'xl gives an HVM guest one adapter, and a PV guest no choice', 'replaced'],
  ['devices/serial/target/@type', 'unsupported', 'the serial ports of a Xen guest are on its ISA bus'],
  ['devices/disk/target/@bus', 'unsupported', "a disk's name tells xl its bus", 'replaced'],
  ['devices/video/model/@heads', 'unsupported', "Xen's adapters have one head"],
  ['devices/video/model/@*', 'implied', "a size for KVM's adapters"],
  ['devices/emulator', 'unsupported', 'a guest has one device model'],
  ['devices/*/source/@path', 'implied', 'the terminal of a running domain; each start gives a new one'],
  ['devices/*/@tty', 'implied', 'a terminal that the host gives at every start'],
  ['devices/memballoon', 'implied', "Xen's guests have a balloon driver of their own"],
  ['devices/input', 'unsupported', 'Xen has no such input device'],
  ['devices/controller', 'unsupported', 'Xen has no such controller'],
  ['devices/watchdog', 'unsupported', 'xl.cfg cannot give a guest a watchdog device'],
  ['devices/rng', 'unsupported', 'Xen has no random number device'],
  ['devices/panic', 'unsupported', 'a Xen guest reports a crash by hypercall'],
  ['devices/smartcard', 'unsupported', 'Xen has no smart card reader'],
  ['devices/lease', 'unsupported', 'xl has no lock manager'],
  ['devices/memory', 'unsupported', 'Xen cannot plug memory modules'],
  ['devices/shmem', 'unsupported', 'Xen has no shared memory device'],
  ['devices/vsock', 'unsupported', 'Xen has no vsock device'],
  ['devices/hub', 'unsupported', 'Xen has no USB hub'],
  [
    'devices/parallel',
    'unsupported',
    'a PV guest has no parallel ports, and xl.cfg has no form for this kind',
  ],
  ['devices/*/log', 'unsupported', 'xl writes no log of a character device'],
  ['devices/*/source/@tls', 'unsupported', 'xl cannot ask for TLS on a character device'],
  ['devices/sound', 'unsupported', "only an HVM guest has a sound card, and of those that Xen's QEMU knows"],
  ['devices/sound/codec', 'implied', "Xen's HD Audio comes with its codec"],
  ['devices/audio', 'unsupported', "xl cannot choose where a guest's sound goes"],
  ['devices/sound/audio', 'unsupported', "xl cannot choose where a guest's sound goes"],
  ['devices/hostdev/@managed', 'implied', 'libxl itself takes a USB device from the driver of the host'],
  ['devices/hostdev/source/vendor', 'implied', 'the bus and number tell which device it is'],
  ['devices/hostdev/source/product', 'implied', 'the bus and number tell which device it is'],
  ['devices/hostdev/rom', 'unsupported', 'xl cannot choose the ROM of an assigned device'],
  ['devices/hostdev/boot', 'unsupported', 'xl has no word to boot from an assigned device'],
  ['devices/hostdev/teaming', 'unsupported', 'xl cannot pair a device with an interface'],
  [
    'devices/hostdev/source/@startupPolicy',
    'unsupported',
    'xl refuses to start without a device that is named',
  ],
  ['devices/redirdev', 'unsupported', 'xl redirects USB devices by SPICE only, to an HVM guest'],
  ['devices/redirfilter', 'unsupported', 'xl cannot choose which USB devices may be redirected: all may be'],
  ['devices/tpm', 'unsupported', "xl.cfg's vtpm is a domain of its own, which nobody named"],
  ['devices/filesystem', 'not-implemented', 'xl shares folders by p9=, which a guest mounts in another way'],
  ['devices/nvram', 'unsupported', 'it is a device of POWER machines'],
  ['devices/iommu', 'unsupported', "a Xen guest's machine has no IOMMU"],
  ['devices/crypto', 'unsupported', 'Xen has no crypto device'],
  ['devices/pstore', 'unsupported', 'Xen has no persistent store for crashes'],
  ['qemu:commandline', 'unsupported', "these words are for KVM's QEMU; <xen:commandline> is for Xen's"],
  ['qemu:override', 'unsupported', "these words are for KVM's QEMU"],
  ['qemu:capabilities', 'unsupported', "these words are for KVM's QEMU"],
  ['maxMemory', 'unsupported', 'Xen cannot plug memory modules'],
  ['features/hyperv/vendor_id', 'unsupported', 'xl cannot change the name that Xen gives', 'replaced'],
  ['features/hyperv/@*', 'implied', 'Xen chooses its enlightenments by itself'],
  ['features/hyperv/*', 'implied', 'Xen chooses its enlightenments by itself'],
  ['features/hyperv/*/@*', 'implied', 'Xen chooses its enlightenments by itself'],
  ['features/hyperv/*/*', 'implied', 'Xen chooses its enlightenments by itself'],
  ['cpu/@mode', 'implied', "a guest on Xen sees the host's CPU, and is nested if vmx or svm is asked for"],
  ['cpu/@*', 'implied', "a guest on Xen sees the host's CPU, as far as Xen can show it"],
  ['cpu/model/@vendor_id', 'unsupported', 'xl cannot change the maker that the CPU names', 'replaced'],
  ['cpu/model/@*', 'implied', "a guest on Xen sees the host's CPU"],
  ['cpu/vendor', 'implied', "a guest on Xen sees the host's CPU"],
  ['features/*', 'unsupported', 'Xen has no such feature'],
  ['cpu/feature', 'unsupported', 'xl cannot change this feature of the CPU'],
  ['cpu/topology', 'unsupported', 'xl lays out cores and threads by itself'],
  ['cpu/numa/cell/@*', 'unsupported', 'xl.cfg cannot say this of a NUMA node'],
  ['cpu/numa/*', 'unsupported', 'xl.cfg cannot say this of NUMA nodes'],
  ['cpu/*', 'unsupported', 'xl.cfg cannot say this of the CPU'],
  ['cputune/vcpupin', 'unsupported', 'the guest has no such virtual CPU, or it has its place already'],
  ['cputune/shares', 'unsupported', 'cpu_weight weighs against 256, and against dom0; set it by hand'],
  ['cputune/emulatorpin', 'unsupported', 'xl cannot choose where the device model runs'],
  ['cputune/*', 'unsupported', 'xl has one cap for all of a guest, in percent of a CPU; set it by hand'],
  [
    'cputune',
    'unsupported',
    'xl knows cpu_weight and cap, which weigh and count otherwise; set them by hand',
  ],
  ['numatune/*', 'unsupported', "xl places a guest's memory by cpus, or by nodes of its own"],
  ['numatune', 'unsupported', "xl places a guest's memory by cpus, or by nodes of its own"],
  ['os/bootmenu', 'unsupported', "xl cannot ask for the firmware's menu"],
  ['os/bios', 'unsupported', 'xl.cfg has no such choice of the BIOS'],
  ['os/loader', 'unsupported', "xl takes Xen's own hvmloader"],
  ['bootloader', 'unsupported', 'an HVM guest boots by its firmware'],
  ['bootloader_args', 'unsupported', 'an HVM guest boots by its firmware'],
  ['vcpu/@placement', 'unsupported', 'xl places no CPUs by itself', 'replaced'],
  ['os/nvram', 'unsupported', "Xen's OVMF keeps its variables in no file of the host"],
  ['os/firmware/*', 'unsupported', "Xen's OVMF has no such choice"],
  ['os/smbios', 'unsupported', 'xl.cfg cannot set SMBIOS fields'],
  ['sysinfo', 'unsupported', 'xl.cfg cannot set SMBIOS fields'],
  ['title', 'unsupported', 'xl.cfg has no place for words about a domain'],
  ['description', 'unsupported', 'xl.cfg has no place for words about a domain'],
  ['metadata', 'unsupported', "xl.cfg has no place for other programs' data"],
  ['metadata/*', 'unsupported', "xl.cfg has no place for other programs' data"],
  ['pm', 'unsupported', 'xl.cfg has no switches for sleep states by that name'],
  ['resource', 'unsupported', 'xl puts no domain in a control group'],
  ['seclabel', 'unsupported', "the label is for the host's own security driver"],
  ['devices/interface/link', 'unsupported', "xl cannot unplug a guest's cable"],
  ['devices/interface/rom', 'unsupported', 'xl cannot choose the boot ROM of a network card'],
  [
    'devices/interface/filterref',
    'unsupported',
    'xl has no network filters: nothing holds the guest to its own addresses',
  ],
  [
    'devices/interface/bandwidth/inbound',
    'unsupported',
    'xl limits what a guest sends, not what it receives',
  ],
  ['devices/interface/bandwidth/outbound/@*', 'unsupported', 'xl knows one rate, the average'],
  [
    'devices/graphics',
    'unsupported',
    'xl shows an HVM guest by VNC, SPICE and SDL, once each, a PV guest by one of VNC and SDL',
  ],
  ['devices/graphics/listen', 'unsupported', 'xl listens on an address, not on a libvirt network or socket'],
  ['devices/disk/serial', 'unsupported', "Xen's disks have no serial numbers"],
  ['clock/@start', 'unsupported', 'xl has no such clock', 'replaced'],
  ['clock/@timezone', 'unsupported', 'xl has no such clock', 'replaced'],
  ['devices/graphics/@socket', 'unsupported', 'xl shows a screen on a TCP port, not on a socket', 'replaced'],
  ['clock/timer', 'unsupported', 'Xen has no such timer, or no choice about it'],
  ['devices/disk/driver/@*', 'unsupported', 'xl leaves this to the backend'],
  ['devices/disk/@snapshot', 'unsupported', 'xl takes no snapshots'],
  ['devices/disk/source/@startupPolicy', 'unsupported', 'xl refuses to start without a medium that is named'],
  ['devices/graphics/channel', 'unsupported', 'xl cannot say which SPICE channels want TLS'],
  ['devices/graphics/@passwdValidTo', 'unsupported', "xl's passwords do not expire"],
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
