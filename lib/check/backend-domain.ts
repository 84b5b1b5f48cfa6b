import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { Domain } from '../model/domain.js';

/**
 * The names of backend domains of all devices except channels, whose names follow stricter rules (channel.ts). The
 * name of a domain has no control characters.
 */
export function checkBackendDomains({ disks, interfaces, vtpms = [] }: Domain, report: Report): void {
  for (const device of [...disks, ...interfaces, ...vtpms]) {
    // eslint-disable-next-line no-control-regex -- these are the characters to find
    if (device.backendDomain === undefined || !/[\x00-\x1f\x7f]/.test(device.backendDomain)) continue;
    report.add('value-invalid', 'the backend domain contains a control character', originOf(device));
  }
}
