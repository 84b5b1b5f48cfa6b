import type { Report } from '../diagnostics/diagnostic.js';
import {
  lifecycleActions,
  withoutCoreDump,
  type Lifecycle,
  type LifecycleAction,
} from '../model/lifecycle.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { textElement, type XmlTree } from './xml/tree.js';

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
    textElement('on_poweroff', withoutCoreDump(lifecycle.poweroff)),
    textElement('on_reboot', withoutCoreDump(lifecycle.reboot)),
    textElement('on_crash', lifecycle.crash),
  ];
}

export const lifecycle: XmlDescriptor<'lifecycle'> = {
  field: 'lifecycle',
  read: ({ root, report }) => readLifecycle(root, report),
  write: ({ lifecycle }) => writeLifecycle(lifecycle),
};
