import type { Report } from '../../diagnostics/diagnostic.js';
import { preservedHint } from '../../model/preserved.js';
import { defaultArchitecture, isArm } from '../../model/architecture.js';
import type { Domain } from '../../model/domain.js';
import type { XlSetting } from '../../xl-syntax/settings.js';
import { valueOf } from '../../xl-syntax/text.js';
import { isDefault, validateValue } from './validate.js';
import { nearestOption } from './spelling.js';
import { xlOptions } from './table.js';

/** Reports a setting that no reader took and that is preserved: whether xl supports, ignores or rejects it. */
export function reportUnread(
  setting: XlSetting,
  { os, graphics }: Pick<Domain, 'os' | 'graphics'>,
  report: Report,
): void {
  const { key, keySpan, value, added } = setting;
  const option = xlOptions.get(key);
  if (!option) {
    const near = nearestOption(key);
    const hint = near === undefined ? preservedHint : `did you mean '${near}'?`;
    return report.add('xl-option-unknown', `xl has no option '${key}'`, keySpan, hint);
  }
  const { guests, arm, obsolete, display, inert } = option;
  const isRejected = option.rejectedElsewhere && guests && !guests.includes(os.type);
  if (!isRejected && isDefault(option, valueOf(value), added)) {
    return report.add('implied', `'${key}' is at its default, and libvirt has no setting for it`, keySpan);
  }
  if (arm && !isArm(os.architecture)) {
    const message = `'${key}' has an effect on Arm hosts only, and this is an ${os.architecture ?? defaultArchitecture} guest`;
    return report.add('xl-ignored', message, keySpan);
  }
  if (guests && !guests.includes(os.type)) {
    const those = guests.map((guest) => guest.toUpperCase()).join(' and ');
    const message = `'${key}' has an effect on ${those} guests only, and this is a ${os.type.toUpperCase()} guest`;
    if (isRejected)
      return report.add('value-invalid', `xl rejects '${key}' of a ${os.type.toUpperCase()} guest`, keySpan);
    return report.add('xl-ignored', message, keySpan);
  }
  const fault = validateValue(option, valueOf(value), added);
  if (fault?.verdict === 'refused')
    return report.add('value-invalid', `xl rejects '${key}': ${fault.why}`, value.span);
  if (fault) return report.add('xl-ignored', `xl ignores '${key}': ${fault.why}`, value.span);
  if (obsolete !== undefined)
    return report.add('xl-ignored', `'${key}' is obsolete: xl ${obsolete}`, keySpan);
  if (display !== undefined && !graphics.some(({ kind }) => kind === display)) {
    const message = `'${key}' has no effect without ${display.toUpperCase()}, and libvirt has no setting for it then`;
    return report.add('implied', message, keySpan);
  }
  if (inert?.guest === os.type && !isArm(os.architecture)) {
    const message = `'${key}' has no effect in a ${os.type.toUpperCase()} guest: ${inert.because}`;
    return report.add('implied', message, keySpan);
  }
  report.add('not-implemented', `'${key}' has no counterpart in libvirt's XML`, keySpan, preservedHint);
}
