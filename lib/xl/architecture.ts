import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import { defaultArchitecture, type Architecture } from '../model/architecture.js';
import type { Os } from '../model/os.js';
import { xlOptions } from './options/table.js';
import type { XlReader } from './reader.js';

/** The options that have a meaning on Arm hosts only. Built at the first use. */
let armOptions: readonly string[] | undefined;

/**
 * The architecture of a guest: xl.cfg has no option for it, and xl uses that of its host. A config that sets an
 * option for Arm hosts is for Arm, by default 64-bit; not if it is for HVM, which Arm does not have.
 * @param chosen the architecture that the caller specifies
 * @returns undefined for x86_64
 */
export function readArchitecture(
  xl: XlReader,
  chosen: Architecture | undefined,
  report: Report,
): Os['architecture'] {
  if (chosen !== undefined) return chosen === defaultArchitecture ? undefined : chosen;
  armOptions ??= [...xlOptions].flatMap(([name, { arm }]) => (arm ? [name] : []));
  const telling = isHvm(xl) ? undefined : armOptions.find((name) => xl.has(name) && !xl.isEmptyList(name));
  if (telling === undefined) return undefined;
  const message = `architecture aarch64 assumed: '${telling}' has an effect on Arm hosts only`;
  report.add('value-default', message, xl.keySpan(telling), {
    hint: 'specify another architecture',
    remedy: { option: 'arch', value: 'armv7l' },
  });
  return 'aarch64';
}

/** xl compares as many letters as are written (xl_parse.c). */
const isHvm = (xl: XlReader): boolean =>
  ['type', 'builder'].some((key) => /^hv?m?$/.test(xl.peek(key) ?? ''));

/** The way back requires the architecture. */
export function reportArm(os: Os, report: Report): void {
  const message = `architecture '${os.architecture ?? defaultArchitecture}' omitted: a guest of xl has the architecture of its host`;
  report.add('implied', message, originOf(os), {
    hint: 'specify it again when converting back',
    remedy: { option: 'arch', value: os.architecture ?? defaultArchitecture },
  });
}
