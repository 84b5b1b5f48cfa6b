import type { Report } from '../diagnostics/diagnostic.js';
import { derive } from '../diagnostics/origin.js';
import type { Domain } from '../model/domain.js';
import type { Graphics } from '../model/graphics.js';
import type { Interface } from '../model/interface.js';
import type { BootDevice } from '../model/os.js';
import { parameterOf, splitAtCommas } from './parameters.js';
import type { XlReader } from './reader.js';
import type { XlAtom } from '../xl-syntax/ast.js';

/*
 * The profile `libvirt`, xl.cfg to XML: libvirt's defaults where they differ from xl's, and its interpretation of
 * settings (libvirt 11.3: xen_common.c, xen_xl.c). Each rule is described in docs/differences-from-libvirt.md. What
 * libvirt drops is not dropped here.
 */

/**
 * Changes xl's interpretation of the settings to libvirt's. Where libvirt's default creates another guest than
 * xl's, that is reported.
 */
export function asLibvirtReads(domain: Domain, xl: XlReader, report: Report): Domain {
  const note: Note = (message) => {
    report.add('value-default', message, xl.keySpan('name'));
  };
  return rules.reduce((changed, rule) => rule(changed, xl, note), domain);
}

type Note = (message: string) => void;
type Rule = (domain: Domain, xl: XlReader, note: Note) => Domain;

/** xenParseEventsActions. */
const crashRestarts: Rule = (domain, xl, note) => {
  if (xl.has('on_crash')) return domain;
  note('on_crash not specified: libvirt restarts the domain, xl destroys it');
  return derive(domain, { lifecycle: derive(domain.lifecycle, { crash: 'restart' }) });
};

/** The default of xenParseMem without `memory`. */
const defaultMemoryKiB = 128 * 1024;

/** xenParseMem: the default of `maxmem` is `memory`, not the other way round. */
const memoryIs128MiB: Rule = (domain, xl, note) => {
  if (xl.has('memory') || domain.numa) return domain;
  const maximumKiB = xl.has('maxmem') ? domain.memory.maximumKiB : defaultMemoryKiB;
  const currentKiB = Math.min(defaultMemoryKiB, maximumKiB);
  note(`memory not specified: libvirt uses ${currentKiB / 1024} MiB`);
  return derive(domain, { memory: derive(domain.memory, { maximumKiB, currentKiB }) });
};

const bootDeviceOf: Readonly<Record<string, BootDevice>> = { a: 'floppy', d: 'cdrom', n: 'network' };

/** libvirt stops after as many letters as there are boot devices. */
const mostLetters = 4;

/** xenParseXLOS: only the disk without `boot`, and for every unknown letter. */
const bootFromDisk: Rule = (domain, xl, note) => {
  if (domain.os.type !== 'hvm') return domain;
  if (!xl.has('boot')) note('boot not specified: libvirt boots from the disk only');
  const letters = xl.string('boot')?.value || 'c';
  const boot = [...letters.slice(0, mostLetters)].map((letter) => bootDeviceOf[letter] ?? 'disk');
  return derive(domain, { os: derive(domain.os, { boot }) });
};

/** xenParseXLCPUID: any `cpuid` creates a <cpu>; xenParseXLOS: only `nestedhvm` disables its virtualization. */
const cpuByCpuid: Rule = (domain, xl, note) => {
  if (xl.has('nestedhvm') || xl.isList('cpuid') || !xl.has('cpuid')) return domain;
  if (domain.cpu === undefined && !/^(?:host)?$/.test(xl.string('cpuid')?.value ?? '')) return domain;
  const nested = domain.os.type === 'hvm' && { nested: true };
  if (nested) note('nestedhvm not specified: with cpuid, libvirt enables nested virtualization');
  return derive(domain, { cpu: derive(domain.cpu ?? { features: [] }, { ...nested }) });
};

/** xenParseXLSpice: without a mouse setting it is in server mode, without a clipboard setting it is not shared. */
const spiceIsNotShared: Rule = (domain) => {
  const graphics = domain.graphics.map((display): Graphics => {
    if (display.kind !== 'spice') return display;
    const { agentMouse = false, clipboard = false } = display;
    return derive(display, { agentMouse, clipboard });
  });
  return derive(domain, { graphics });
};

/** xenParseVif: the script of a bridge is written if it is specified, and a missing address is the zero one. */
const interfacesInFull: Rule = (domain, xl, note) => {
  const items = xl.list('vif') ?? [];
  if (items.length !== domain.interfaces.length) return domain;
  if (domain.interfaces.some(({ mac }) => mac === undefined))
    note(`mac not specified: libvirt's converter writes ${zeroAddress}`);
  const interfaces = domain.interfaces.map((nic, index) => {
    const item = items[index];
    return item ? interfaceInFull(nic, item) : nic;
  });
  return derive(domain, { interfaces });
};

const zeroAddress = '00:00:00:00:00:00';

function interfaceInFull(nic: Interface, item: XlAtom): Interface {
  const parameters = splitAtCommas(item).flatMap((piece) => parameterOf(piece) ?? []);
  const script = parameters.findLast(({ key, value }) => key === 'script' && value !== '')?.value;
  return derive(nic, { mac: nic.mac ?? zeroAddress, script: script ?? nic.script });
}

/** xenParseHypervisorFeatures: the TSC is the first timer. */
const tscFirst: Rule = (domain) => derive(domain, { clock: derive(domain.clock, { hpetFirst: undefined }) });

const rules: readonly Rule[] = [
  crashRestarts,
  tscFirst,
  memoryIs128MiB,
  bootFromDisk,
  cpuByCpuid,
  spiceIsNotShared,
  interfacesInFull,
];
