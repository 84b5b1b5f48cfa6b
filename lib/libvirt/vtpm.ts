import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import type { Vtpm } from '../model/domain.js';
import { preservedHint } from '../model/preserved.js';
import { parseUuid } from '../model/uuid.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element } from './xml/tree.js';

/**
 * libvirt's <tpm> is a TPM of the host, an emulator or a socket, none of which is a domain, and its Xen driver
 * ignores it. So a <tpm> is unsupported (unsupported.ts), and a vTPM is preserved in <metadata>.
 */
export const vtpms: XmlDescriptor<'vtpms'> = {
  field: 'vtpms',
  read: ({ preserved, report }) => {
    const found = preserved.all('vtpm').flatMap((item) => readVtpm(item, report) ?? []);
    return found.length > 0 ? found : undefined;
  },
  check: ({ vtpms = [] }, report) => {
    for (const vtpm of vtpms) {
      const message = `vTPM with backend domain '${vtpm.backendDomain}' has no counterpart in libvirt's XML`;
      report.add('not-implemented', message, originOf(vtpm), preservedHint);
    }
  },
  write: () => [],
  preserve: ({ vtpms = [] }) =>
    vtpms.map(({ backendDomain, uuid }) => element('v2x:vtpm', { backend: backendDomain, uuid })),
};

function readVtpm(item: XmlElement, report: Report): Vtpm | undefined {
  const [backendDomain, given] = [item.peek('backend'), item.peek('uuid')];
  const uuid = given === undefined ? undefined : parseUuid(given);
  if (!backendDomain || (given !== undefined && uuid === undefined)) {
    const message = 'the preserved vTPM has no backend domain, or no valid UUID';
    report.add('preserved-conflict', message, item.tagSpan, 'fix or remove it');
    return undefined;
  }
  return withOrigin<Vtpm>(omitUndefined({ backendDomain, uuid }), item.tagSpan);
}
