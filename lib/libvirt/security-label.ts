import { isLibvirts } from '../document/profile.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { SecurityLabel } from '../model/security-label.js';
import { hostsLabel, isHostsLabel } from './defaults.js';
import type { XmlDescriptor } from './descriptor.js';
import { refuseBlanks } from './schema.js';
import type { XmlElement } from './xml/element.js';
import { element, textElement } from './xml/tree.js';

/** libvirt's Xen driver does not look at the model; Flask is the security module of Xen that has labels. */
const model = 'flask';

/** Whether a <seclabel> is a label of Xen's policy. */
export const isXensLabel = (label: XmlElement): boolean =>
  label.peek('type') === 'static' && !isHostsLabel(label);

/**
 * libvirt's Xen driver passes the first <seclabel> to Xen's policy if it is static (libxl_conf.c:
 * libxlMakeDomCreateInfo). One of a security driver of the host is none of Xen's, and stays unread.
 */
function readLabel(root: XmlElement): SecurityLabel | undefined {
  const first = root.peekChild('seclabel');
  const label = first?.peekChild('label')?.text();
  if (!first || !label || !isXensLabel(first)) return undefined;
  first.markRead().child('label');
  for (const name of ['type', 'model', 'relabel']) first.attribute(name);
  return withOrigin<SecurityLabel>({ label }, first.tagSpan);
}

export const securityLabel: XmlDescriptor<'securityLabel'> = {
  field: 'securityLabel',
  read: ({ root, options }) => (isLibvirts(options) ? undefined : readLabel(root)),
  check: ({ securityLabel }, report) => {
    refuseBlanks('the security label', securityLabel?.label, originOf(securityLabel), report);
  },
  write: ({ securityLabel }, { options }) =>
    securityLabel && !isLibvirts(options)
      ? [
          element('seclabel', { type: 'static', model, relabel: 'no' }, [
            textElement('label', securityLabel.label),
          ]),
        ]
      : [],
  unsupported: [
    ['seclabel', 'unsupported', "Xen's policy has one label for a guest, which is static and comes first"],
    ['devices/*/seclabel', 'host-only', hostsLabel],
    ['devices/*/source/seclabel', 'host-only', hostsLabel],
  ],
  adapt: [
    {
      path: 'seclabel',
      driver: 'rejects',
      when: (label) => label.peek('type') === 'static' && isHostsLabel(label),
      because: ['implied', hostsLabel],
    },
  ],
};
