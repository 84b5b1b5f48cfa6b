import type { Report } from '../diagnostics/diagnostic.js';
import { lifecycleActions, type Lifecycle, type LifecycleAction } from '../model/lifecycle.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const lifecycle: XlDescriptor<'lifecycle'> = {
  field: 'lifecycle',
  keys: { on_poweroff: 'on_poweroff', on_reboot: 'on_reboot', on_crash: 'on_crash' },
  placeholders: { on_poweroff: 'destroy', on_reboot: 'restart', on_crash: 'destroy' },
  read: ({ xl, report }) => readLifecycle(xl, report),
  write: (value, { out }) => writeLifecycle(value, out),
};

/** Default actions are xl's: destroy, restart, and destroy after a crash. */
function readLifecycle(xl: XlReader, report: Report): Lifecycle {
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

function writeLifecycle(lifecycle: Lifecycle, out: XlOutput): void {
  out.set('on_poweroff', lifecycle.poweroff);
  out.set('on_reboot', lifecycle.reboot);
  out.set('on_crash', lifecycle.crash);
}
