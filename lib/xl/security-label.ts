import { originOf, withOrigin } from '../diagnostics/origin.js';
import { isLibvirts } from '../document/profile.js';
import type { SecurityLabel } from '../model/security-label.js';
import type { XlDescriptor } from './descriptor.js';

/**
 * The label that a guest is created with, and keeps: `seclabel`, or `init_seclabel` alone. With both, Xen gives it the
 * second label when it is built (xl_parse.c: parse_config_data), which libvirt cannot express: both stay unread.
 */
export const securityLabel: XlDescriptor<'securityLabel'> = {
  field: 'securityLabel',
  keys: { seclabel: 'seclabel' },
  alsoRead: { init_seclabel: 'seclabel' },
  read: ({ xl, options }) => {
    if (isLibvirts(options)) return undefined;
    const [label, initial] = [xl.string('seclabel'), xl.string('init_seclabel')];
    const found = label ?? initial;
    // xl rejects an empty one when it creates the domain.
    if ((label && initial) || found?.value === '') {
      for (const key of ['seclabel', 'init_seclabel']) xl.leave(key);
      return undefined;
    }
    return found && withOrigin<SecurityLabel>({ label: found.value }, found.span);
  },
  write: (value, { out, options }) => {
    if (!isLibvirts(options)) out.set('seclabel', value.label, originOf(value));
  },
};
