import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import { defaultArchitecture, type Architecture } from '../model/architecture.js';
import type { Os } from '../model/os.js';
import { xlOptions } from './options/table.js';
import type { XlReader } from './reader.js';

/** The options that mean something on Arm hosts only. */
const armOptions = [...xlOptions].flatMap(([name, { arm }]) => (arm ? [name] : []));

/**
 * Which architecture a guest is for: an xl.cfg has no option for it, xl takes that of its host. One that sets an
 * option of Arm hosts is for Arm, of 64 bits unless the caller says otherwise.
 * @param chosen what the caller says
 * @returns nothing for x86_64
 */
export function readArchitecture(
  xl: XlReader,
  chosen: Architecture | undefined,
  report: Report,
): Os['architecture'] {
  if (chosen !== undefined) return chosen === defaultArchitecture ? undefined : chosen;
  const telling = armOptions.find((name) => xl.has(name));
  if (telling === undefined) return undefined;
  const message = `architecture aarch64 assumed: '${telling}' has an effect on Arm hosts only`;
  report.add('value-default', message, xl.keySpan(telling), {
    hint: 'specify another architecture',
    remedy: { option: 'arch', value: 'armv7l' },
  });
  return 'aarch64';
}

/** The way back needs the architecture again. */
export function reportArm(os: Os, report: Report): void {
  const message = `architecture '${os.architecture ?? defaultArchitecture}' omitted: a guest of xl has the architecture of its host`;
  report.add('implied', message, originOf(os), {
    hint: 'specify it again when converting back',
    remedy: { option: 'arch', value: os.architecture ?? defaultArchitecture },
  });
}
