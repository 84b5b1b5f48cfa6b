import type { Report } from '../diagnostics/diagnostic.js';
import { isLibvirts } from '../document/profile.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import type { SleepStates } from '../model/sleep-states.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element } from './xml/tree.js';

function readState(pm: XmlElement, name: string, report: Report): boolean | undefined {
  const state = pm.child(name);
  const enabled = state?.attribute('enabled');
  if (enabled === undefined) return undefined;
  if (enabled === 'yes' || enabled === 'no') return enabled === 'yes';
  const message = `<${name}> requires enabled='yes' or enabled='no'`;
  report.add('value-invalid', message, state?.attributeSpan('enabled'));
  return undefined;
}

/** libvirt's Xen driver accepts <pm>, and does not pass it to libxl (libxl_conf.c of libvirt 11.3). */
export const sleepStates: XmlDescriptor<'sleepStates'> = {
  field: 'sleepStates',
  read: ({ root, report }) => {
    const pm = root.child('pm');
    if (!pm) return undefined;
    const [memory, disk] = [
      readState(pm, 'suspend-to-mem', report),
      readState(pm, 'suspend-to-disk', report),
    ];
    if (memory === undefined && disk === undefined) return undefined;
    return withOrigin<SleepStates>(omitUndefined({ memory, disk }), pm.tagSpan);
  },
  check: ({ sleepStates }, report) => {
    if (sleepStates?.memory !== false && sleepStates?.disk !== false) return;
    const message = "<pm> has no effect: libvirt's Xen driver offers all sleep states";
    report.add('no-effect', message, originOf(sleepStates));
  },
  write: ({ sleepStates }, { options }) =>
    sleepStates && !isLibvirts(options)
      ? [
          element('pm', {}, [
            writeState('suspend-to-mem', sleepStates.memory),
            writeState('suspend-to-disk', sleepStates.disk),
          ]),
        ]
      : [],
};

const writeState = (name: string, enabled: boolean | undefined): ReturnType<typeof element> | undefined =>
  enabled === undefined ? undefined : element(name, { enabled: enabled ? 'yes' : 'no' });
