import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { isLibvirts } from '../document/profile.js';
import { isOffset, type Clock } from '../model/clock.js';
import type { Os } from '../model/os.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

const tscModeOf = { native: 'native', paravirt: 'native_paravirt', emulate: 'always_emulate' } as const;
const tscNames = {
  default: 'auto',
  always_emulate: 'emulate',
  native: 'native',
  native_paravirt: 'paravirt',
} as const;

/** Reads <clock> and those of its timers that Xen has. */
export function readClock(domain: XmlElement, os: Os, report: Report, options: FormatOptions = {}): Clock {
  const clock = domain.child('clock');
  if (!clock) return { basis: 'utc', offsetSeconds: 0 };
  const tsc = clock.children.find((timer) => timerName(timer) === 'tsc');
  const hpet = os.type === 'hvm' ? clock.children.find((timer) => timerName(timer) === 'hpet') : undefined;
  for (const timer of [tsc, hpet]) timer?.markRead().attribute('name');
  tsc?.attribute('present');
  const mode = tsc?.attribute('mode') ?? 'auto';
  if (tsc && mode !== 'auto' && !Object.hasOwn(tscModeOf, mode)) {
    const message = `Xen does not support TSC mode '${mode}'; the default is used`;
    report.add('unsupported', message, tsc.attributeSpan('mode'));
  }
  const { basis, offsetSeconds } = readOffset(clock, report, options);
  return withOrigin<Clock>(
    omitUndefined({
      basis,
      offsetSeconds,
      tscMode:
        tsc && (Object.hasOwn(tscModeOf, mode) ? tscModeOf[mode as keyof typeof tscModeOf] : 'default'),
      hpet: hpet && hpet.attribute('present') !== 'no',
      hpetFirst: hpet && tsc && clock.children.indexOf(hpet) < clock.children.indexOf(tsc) ? true : undefined,
    }),
    clock.tagSpan,
  );
}

const timerName = (timer: XmlElement): string | undefined =>
  timer.name === 'timer' ? timer.peek('name') : undefined;

function readOffset(
  clock: XmlElement,
  report: Report,
  options: FormatOptions,
): Pick<Clock, 'basis' | 'offsetSeconds'> {
  const offset = clock.attribute('offset') ?? 'utc';
  const [basis, adjustment] = [clock.attribute('basis'), clock.attribute('adjustment')];
  if (offset !== 'utc' && offset !== 'localtime' && offset !== 'variable') {
    const reason = `xl has no clock offset '${offset}'; the guest's clock starts at UTC`;
    report.add('unsupported', reason, clock.attributeSpan('offset'));
    return { basis: 'utc', offsetSeconds: 0 };
  }
  if (basis !== undefined && basis !== 'utc' && basis !== 'localtime') {
    report.add('value-invalid', `unknown clock basis '${basis}'`, clock.attributeSpan('basis'));
  }
  const isNumber = adjustment !== undefined && /^[-+]?[0-9]{1,18}$/.test(adjustment);
  const given = isNumber ? Number(adjustment) : 0;
  const seconds = isNumber && isLibvirts(options) ? Number(BigInt.asIntN(32, BigInt(adjustment))) : given;
  if (seconds !== given) {
    const message = `clock adjustment ${given} truncated to 32 bits, as libvirt does: ${seconds} seconds`;
    report.add('profile-libvirt', message, clock.attributeSpan('adjustment'));
  }
  if ((!isNumber && adjustment !== undefined && adjustment !== 'reset') || !isOffset(seconds)) {
    const message = `clock adjustment '${adjustment ?? ''}' is not a 32-bit integer`;
    report.add('value-invalid', message, clock.attributeSpan('adjustment'));
  }
  const local = offset === 'localtime' || (offset === 'variable' && basis === 'localtime');
  return { basis: local ? 'localtime' : 'utc', offsetSeconds: seconds };
}

/** HVM: libvirt writes a variable clock; PV: one that xl resets at each start. */
export function writeClock(clock: Clock, os: Os): XmlTree {
  const attributes =
    os.type === 'hvm'
      ? { offset: 'variable', adjustment: clock.offsetSeconds, basis: clock.basis }
      : { offset: clock.basis, adjustment: 'reset' };
  const timers = [
    clock.tscMode && element('timer', { name: 'tsc', present: 'yes', mode: tscNames[clock.tscMode] }),
    clock.hpet === undefined
      ? undefined
      : element('timer', { name: 'hpet', present: clock.hpet ? 'yes' : 'no' }),
  ];
  return element('clock', attributes, clock.hpetFirst ? timers.toReversed() : timers);
}

/** Timers that libvirt's Xen driver supports (libxl_conf.c: libxlMakeDomBuildInfo). */
const timersOfDriver: Readonly<Record<Os['type'], readonly string[]>> = {
  hvm: ['tsc', 'hpet'],
  pvh: ['tsc'],
  pv: ['tsc'],
};

export const clock: XmlDescriptor<'clock'> = {
  field: 'clock',
  read: ({ root, os, report, options }) => readClock(root, os, report, options),
  write: ({ clock, os }) => [writeClock(clock, os)],
  adapt: [
    {
      path: 'clock/timer',
      driver: 'rejects',
      when: (timer, guest) => !timersOfDriver[guest].includes(timer.peek('name') ?? ''),
    },
  ],
};
