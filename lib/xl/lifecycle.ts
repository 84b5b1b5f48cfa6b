import type { Report } from '../diagnostics/diagnostic.js';
import { lifecycleActions, type Lifecycle, type LifecycleAction } from '../model/lifecycle.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';

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
