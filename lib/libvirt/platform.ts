import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import { parseCpuList } from '../model/cpu-list.js';
import type { Os } from '../model/os.js';
import {
  lifecycleActions,
  type Clock,
  type Features,
  type Lifecycle,
  type LifecycleAction,
  type Memory,
  type Vcpus,
} from '../model/platform.js';
import { parseSize } from './size.js';
import type { XmlElement } from './xml/element.js';
import { element, textElement, type XmlTree } from './xml/tree.js';

/** Reads <memory> and <currentMemory>. */
export function readMemory(domain: XmlElement, report: Report): Memory | undefined {
  const memory = domain.child('memory');
  const current = domain.child('currentMemory');
  if (!memory) {
    report.add('value-missing', 'the domain has no <memory>', domain.tagSpan);
    return undefined;
  }
  const [maximumKiB, currentKiB] = [parseSize(memory, report), current && parseSize(current, report)];
  if (maximumKiB === undefined) return undefined;
  if (maximumKiB === 0) report.add('value-invalid', 'a domain cannot have no memory', memory.textSpan);
  if (current && currentKiB !== undefined && currentKiB > maximumKiB) {
    report.add('value-adjusted', '<currentMemory> is more than <memory>, which is taken', current.textSpan);
  }
  return withOrigin<Memory>(
    {
      maximumKiB,
      currentKiB: Math.min(
        currentKiB === undefined || currentKiB === 0 ? maximumKiB : currentKiB,
        maximumKiB,
      ),
    },
    memory.tagSpan,
  );
}

export function writeMemory(memory: Memory): readonly (XmlTree | undefined)[] {
  return [
    textElement('memory', memory.maximumKiB, { unit: 'KiB' }),
    textElement('currentMemory', memory.currentKiB, { unit: 'KiB' }),
  ];
}

/** Reads <vcpu>; without one there is a single CPU. */
export function readVcpus(domain: XmlElement, report: Report): Vcpus {
  const vcpu = domain.child('vcpu');
  if (!vcpu) return { maximum: 1, online: 1 };
  if (vcpu.peek('placement') === 'static') vcpu.attribute('placement');
  const [text, current, cpuset] = [vcpu.text(), vcpu.attribute('current'), vcpu.attribute('cpuset')];
  const maximum = text === '' ? 1 : count(text);
  const online = current === undefined ? maximum : count(current);
  if (maximum === undefined)
    report.add('value-invalid', `'${text}' is not a number of virtual CPUs`, vcpu.textSpan);
  if (online === undefined || (maximum !== undefined && online > maximum)) {
    if (maximum !== undefined)
      report.add(
        'value-invalid',
        `current='${current ?? ''}' is not between 1 and ${maximum}`,
        vcpu.attributeSpan('current'),
      );
  }
  const affinity = cpuset === undefined ? undefined : parseCpuList(cpuset);
  if (cpuset !== undefined && affinity === undefined) {
    report.add('value-invalid', `'${cpuset}' is not a list of CPUs`, vcpu.attributeSpan('cpuset'));
  }
  return withOrigin<Vcpus>(
    {
      maximum: maximum ?? 1,
      online: online ?? maximum ?? 1,
      ...(affinity !== undefined && affinity !== 'all' && { affinity }),
    },
    vcpu.tagSpan,
  );
}

/** libvirt's schema has an unsigned short here. */
const count = (text: string): number | undefined =>
  /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65535 ? Number(text) : undefined;

export function writeVcpus(vcpus: Vcpus): XmlTree | undefined {
  const current = vcpus.online < vcpus.maximum ? vcpus.online : undefined;
  return textElement('vcpu', vcpus.maximum, { placement: 'static', cpuset: vcpus.affinity, current });
}

/** Reads <features>: absent is off. Of those of a PV guest, Xen knows the memory map alone. */
export function readFeatures(domain: XmlElement, os: Os): Features {
  const features = domain.child('features');
  const isOn = (parent: XmlElement | undefined, name: string): boolean => {
    const feature = parent?.child(name);
    return feature !== undefined && feature.attribute('state') !== 'off';
  };
  if (os.type === 'hvm') {
    const hap = features?.children.some((child) => child.name === 'hap') ? isOn(features, 'hap') : undefined;
    return {
      acpi: isOn(features, 'acpi'),
      apic: isOn(features, 'apic'),
      pae: isOn(features, 'pae'),
      ...(hap !== undefined && { hap }),
      viridian: isOn(features, 'viridian'),
    };
  }
  const xen = features?.children.find((child) => child.name === 'xen');
  const e820Host = xen?.children.some((child) => child.name === 'e820_host')
    ? isOn(xen.markRead(), 'e820_host')
    : false;
  return e820Host ? { e820Host } : {};
}

export function writeFeatures(features: Features): XmlTree | undefined {
  const { acpi, apic, pae, hap, viridian, e820Host } = features;
  const children = [
    acpi ? element('acpi') : undefined,
    apic ? element('apic') : undefined,
    pae ? element('pae') : undefined,
    hap === false ? element('hap', { state: 'off' }) : undefined,
    viridian ? element('viridian') : undefined,
    e820Host ? element('xen', {}, [element('e820_host', { state: 'on' })]) : undefined,
  ].filter((child) => child !== undefined);
  return children.length === 0 ? undefined : element('features', {}, children);
}

const tscModeOf = { native: 'native', paravirt: 'native_paravirt', emulate: 'always_emulate' } as const;
const tscNames = {
  default: 'auto',
  always_emulate: 'emulate',
  native: 'native',
  native_paravirt: 'paravirt',
} as const;

/** Reads <clock> and those of its timers that Xen has. */
export function readClock(domain: XmlElement, os: Os, report: Report): Clock {
  const clock = domain.child('clock');
  if (!clock) return { basis: 'utc', offsetSeconds: 0 };
  const tsc = clock.children.find((timer) => timerName(timer) === 'tsc');
  const hpet = os.type === 'hvm' ? clock.children.find((timer) => timerName(timer) === 'hpet') : undefined;
  for (const timer of [tsc, hpet]) timer?.markRead().attribute('name');
  tsc?.attribute('present');
  const mode = tsc?.attribute('mode') ?? 'auto';
  return withOrigin<Clock>(
    {
      ...readOffset(clock, report),
      ...(tsc && { tscMode: mode in tscModeOf ? tscModeOf[mode as keyof typeof tscModeOf] : 'default' }),
      ...(hpet && { hpet: hpet.attribute('present') !== 'no' }),
    },
    clock.tagSpan,
  );
}

const timerName = (timer: XmlElement): string | undefined =>
  timer.name === 'timer' ? timer.peek('name') : undefined;

function readOffset(clock: XmlElement, report: Report): Pick<Clock, 'basis' | 'offsetSeconds'> {
  const offset = clock.attribute('offset') ?? 'utc';
  const [basis, adjustment] = [clock.attribute('basis'), clock.attribute('adjustment')];
  if (offset !== 'utc' && offset !== 'localtime' && offset !== 'variable') {
    const reason = `xl has no clock offset '${offset}'; the guest's clock starts at UTC`;
    report.add('no-counterpart', reason, clock.attributeSpan('offset'));
    return { basis: 'utc', offsetSeconds: 0 };
  }
  if (basis !== undefined && basis !== 'utc' && basis !== 'localtime') {
    report.add('value-invalid', `unknown basis '${basis}' of the clock`, clock.attributeSpan('basis'));
  }
  const isNumber = adjustment !== undefined && /^[-+]?[0-9]{1,10}$/.test(adjustment);
  const seconds = isNumber ? Number(adjustment) : 0;
  if ((!isNumber && adjustment !== undefined && adjustment !== 'reset') || Math.abs(seconds) > 0x7fffffff) {
    const message = `an adjustment of '${adjustment ?? ''}' seconds is no whole number of 32 bits`;
    report.add('value-invalid', message, clock.attributeSpan('adjustment'));
  }
  const local = offset === 'localtime' || (offset === 'variable' && basis === 'localtime');
  return { basis: local ? 'localtime' : 'utc', offsetSeconds: seconds };
}

/** HVM: libvirt shows a variable clock; PV: one that xl sets anew at each start. */
export function writeClock(clock: Clock, os: Os): XmlTree {
  const attributes =
    os.type === 'hvm'
      ? { offset: 'variable', adjustment: clock.offsetSeconds, basis: clock.basis }
      : { offset: clock.basis, adjustment: 'reset' };
  return element('clock', attributes, [
    clock.tscMode && element('timer', { name: 'tsc', present: 'yes', mode: tscNames[clock.tscMode] }),
    clock.hpet === undefined
      ? undefined
      : element('timer', { name: 'hpet', present: clock.hpet ? 'yes' : 'no' }),
  ]);
}

/** Reads <on_poweroff>, <on_reboot> and <on_crash>, with libvirt's defaults. */
export function readLifecycle(domain: XmlElement, report: Report): Lifecycle {
  const read = (name: string, fallback: LifecycleAction): LifecycleAction => {
    const action = domain.child(name);
    if (!action) return fallback;
    const text = action.text();
    const known = lifecycleActions.find((candidate) => candidate === text);
    if (!known) report.add('value-invalid', `unknown action '${text}' in <${name}>`, action.textSpan);
    return known ?? fallback;
  };
  return {
    poweroff: read('on_poweroff', 'destroy'),
    reboot: read('on_reboot', 'restart'),
    crash: read('on_crash', 'destroy'),
  };
}

export function writeLifecycle(lifecycle: Lifecycle): readonly (XmlTree | undefined)[] {
  return [
    textElement('on_poweroff', lifecycle.poweroff),
    textElement('on_reboot', lifecycle.reboot),
    textElement('on_crash', lifecycle.crash),
  ];
}
