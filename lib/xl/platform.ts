import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
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
import type { XlOutput } from './output.js';
import type { XlReader } from './syntax/reader.js';

/** What libxl gives a domain without `memory` and `maxmem` (libxl_create.c). */
const defaultMemoryMiB = 32;

/** More virtual CPUs than libvirt's schema can say; Xen's own limit is far lower. */
export const maximumVcpus = 65535;

const kiB = 1024;

/** Reads `memory` and `maxmem`, both in MiB. */
export function readMemory(xl: XlReader, report: Report): Memory {
  const [current, maximum] = [xl.integer('memory'), xl.integer('maxmem')];
  for (const size of [current, maximum]) {
    if (size && (size.value <= 0 || size.value > Number.MAX_SAFE_INTEGER / kiB)) {
      report.add(
        'value-invalid',
        `${size.value} MiB is not an amount of memory that a domain can have`,
        size.span,
      );
    }
  }
  const most = maximum ?? current;
  if (!most) {
    report.add('value-default', `no memory is given: xl gives ${defaultMemoryMiB} MiB`, xl.keySpan('name'));
  }
  const maximumMiB = most?.value ?? defaultMemoryMiB;
  if (current && current.value > maximumMiB) {
    report.add('value-adjusted', `memory is more than maxmem: ${maximumMiB} MiB is taken`, current.span);
  }
  const currentMiB = Math.min(current?.value ?? maximumMiB, maximumMiB);
  return withOrigin<Memory>({ maximumKiB: maximumMiB * kiB, currentKiB: currentMiB * kiB }, most?.span);
}

/** Writes both in MiB, rounded up. */
export function writeMemory(memory: Memory, out: XlOutput): void {
  out.set('maxmem', Math.ceil(memory.maximumKiB / kiB));
  out.set('memory', Math.ceil(memory.currentKiB / kiB));
}

/** Reads `vcpus`, `maxvcpus` and the forms of `cpus` that libvirt can say. */
export function readVcpus(xl: XlReader, report: Report): Vcpus {
  const [online, maximum, cpus] = [xl.integer('vcpus'), xl.integer('maxvcpus'), xl.atomIfSingle('cpus')];
  for (const count of [online, maximum]) {
    if (count && (count.value < 1 || count.value > maximumVcpus)) {
      report.add(
        'value-invalid',
        `${count.value} is not a number of virtual CPUs that a domain can have`,
        count.span,
      );
    }
  }
  if (online && maximum && maximum.value < online.value) {
    report.add('value-invalid', 'maxvcpus is less than vcpus', maximum.span);
  }
  const affinity = cpus && parseCpuList(cpus.text);
  if (cpus && affinity === undefined) xl.leave('cpus');
  const most = maximum?.value ?? online?.value ?? 1;
  return withOrigin<Vcpus>(
    {
      maximum: most,
      online: online?.value ?? most,
      ...(affinity !== undefined && affinity !== 'all' && { affinity }),
    },
    (maximum ?? online)?.span,
  );
}

export function writeVcpus(vcpus: Vcpus, out: XlOutput): void {
  if (vcpus.online < vcpus.maximum) out.set('maxvcpus', vcpus.maximum);
  out.set('vcpus', vcpus.online);
  out.set('cpus', vcpus.affinity, originOf(vcpus, 'affinity'));
}

/** HVM: what is absent is on, but for Viridian; PV: the memory map alone. */
export function readFeatures(xl: XlReader, os: Os): Features {
  if (os.type !== 'hvm') {
    const e820Host = xl.boolean('e820_host');
    return e820Host ? { e820Host } : {};
  }
  if (xl.boolean('pae') === false) xl.leave('pae');
  const hap = xl.boolean('hap');
  const viridian = xl.isList('viridian') ? undefined : xl.boolean('viridian');
  return {
    acpi: xl.boolean('acpi') ?? true,
    apic: xl.boolean('apic') ?? true,
    pae: true,
    ...(hap !== undefined && { hap }),
    viridian: viridian ?? false,
  };
}

/** An HVM guest of today is x86-64 and always has PAE; the others are said either way, as libvirt does. */
export function writeFeatures(features: Features, os: Os, out: XlOutput): void {
  if (os.type !== 'hvm') {
    if (features.e820Host) out.set('e820_host', 1);
    return;
  }
  out.set('pae', 1);
  out.set('acpi', features.acpi ?? false);
  out.set('apic', features.apic ?? false);
  if (features.hap === false) out.set('hap', 0);
  out.set('viridian', features.viridian ?? false);
}

const tscModes = ['default', 'always_emulate', 'native', 'native_paravirt'] as const;

export function readClock(xl: XlReader, os: Os, report: Report): Clock {
  const offset = xl.integer('rtc_timeoffset');
  const hpet = os.type === 'hvm' ? xl.boolean('hpet') : undefined;
  return withOrigin<Clock>(
    {
      basis: xl.boolean('localtime') ? 'localtime' : 'utc',
      offsetSeconds: offset?.value ?? 0,
      ...readTscMode(xl, report),
      ...(hpet !== undefined && { hpet }),
    },
    offset?.span,
  );
}

/** By name, or by number as older configs have it (xl_parse.c). */
function readTscMode(xl: XlReader, report: Report): Pick<Clock, 'tscMode'> {
  const found = xl.string('tsc_mode');
  if (!found) return {};
  const tscMode = tscModes.find((mode, number) => mode === found.value || String(number) === found.value);
  if (tscMode) return { tscMode };
  report.add(
    'value-invalid',
    `unknown tsc_mode '${found.value}'`,
    found.span,
    `xl knows ${tscModes.join(', ')}`,
  );
  return {};
}

/** xl's numbers have no sign, so a negative offset stands in quotes. */
export function writeClock(clock: Clock, os: Os, out: XlOutput): void {
  out.set('tsc_mode', clock.tscMode);
  if (os.type === 'hvm') {
    out.set('hpet', clock.hpet);
  }
  if (os.type === 'hvm' || clock.offsetSeconds !== 0) {
    out.set('rtc_timeoffset', clock.offsetSeconds < 0 ? String(clock.offsetSeconds) : clock.offsetSeconds);
  }
  out.set('localtime', clock.basis === 'localtime');
}

/** Absent actions are xl's: destroy, restart, and destroy after a crash. */
export function readLifecycle(xl: XlReader, report: Report): Lifecycle {
  const read = (key: string, fallback: LifecycleAction): LifecycleAction => {
    const found = xl.string(key);
    const action = found && lifecycleActions.find((known) => known === found.value);
    if (action) return action;
    if (found?.value === 'soft-reset') xl.leave(key);
    else if (found) report.add('value-invalid', `unknown ${key} action '${found.value}'`, found.span);
    return fallback;
  };
  return {
    poweroff: read('on_poweroff', 'destroy'),
    reboot: read('on_reboot', 'restart'),
    crash: read('on_crash', 'destroy'),
  };
}

export function writeLifecycle(lifecycle: Lifecycle, out: XlOutput): void {
  out.set('on_poweroff', lifecycle.poweroff);
  out.set('on_reboot', lifecycle.reboot);
  out.set('on_crash', lifecycle.crash);
}
