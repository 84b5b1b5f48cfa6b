import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { isOffset, type Clock } from '../model/clock.js';
import type { Os } from '../model/os.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const clock: XlDescriptor<'clock'> = {
  field: 'clock',
  keys: {
    tsc_mode: 'clock/timer',
    hpet: 'clock/timer',
    rtc_timeoffset: 'clock/@adjustment',
    localtime: 'clock',
  },
  read: ({ xl, field, report }) => readClock(xl, field('os'), report),
  write: (value, { out, domain }) => writeClock(value, domain.os, out),
};

const tscModes = ['default', 'always_emulate', 'native', 'native_paravirt'] as const;

function readClock(xl: XlReader, os: Os, report: Report): Clock {
  const offset = xl.integer('rtc_timeoffset');
  const hpet = os.type === 'hvm' ? xl.boolean('hpet') : undefined;
  if (offset && !isOffset(offset.value)) {
    report.add('value-invalid', `rtc_timeoffset: ${offset.value} is not a 32-bit integer`, offset.span);
  }
  return withOrigin<Clock>(
    omitUndefined({
      basis: xl.boolean('localtime') ? 'localtime' : 'utc',
      offsetSeconds: offset?.value ?? 0,
      ...readTscMode(xl, report),
      hpet,
      hpetFirst: hpet !== undefined && startOf(xl, 'hpet') < startOf(xl, 'tsc_mode') ? true : undefined,
    }),
    offset?.span,
  );
}

/** No position if it is absent. */
const startOf = (xl: XlReader, key: string): number => xl.keySpan(key)?.start ?? NaN;

/** By name, or by number as in older configs (xl_parse.c). */
function readTscMode(xl: XlReader, report: Report): Pick<Clock, 'tscMode'> {
  const found = xl.string('tsc_mode');
  if (!found) return {};
  const tscMode = tscModes.find((mode, number) => mode === found.value || String(number) === found.value);
  if (tscMode) return { tscMode };
  report.add(
    'value-invalid',
    `unknown tsc_mode '${found.value}'`,
    found.span,
    `use one of ${tscModes.join(', ')}`,
  );
  return {};
}

/** xl's numbers have no sign, so a negative offset is written in quotes. */
function writeClock(clock: Clock, os: Os, out: XlOutput): void {
  out.set('tsc_mode', clock.tscMode);
  if (os.type === 'hvm') {
    out.set('hpet', clock.hpet);
  }
  if (os.type === 'hvm' || clock.offsetSeconds !== 0) {
    out.set('rtc_timeoffset', clock.offsetSeconds < 0 ? String(clock.offsetSeconds) : clock.offsetSeconds);
  }
  out.set('localtime', clock.basis === 'localtime');
}
