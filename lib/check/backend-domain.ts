import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { Domain } from '../model/domain.js';
import { hasControls } from '../text/controls.js';

/**
 * The names of backend domains of all devices except channels, whose names follow stricter rules (channel.ts). The
 * name of a domain has no control characters.
 */
export function checkBackendDomains({ disks, interfaces, vtpms = [] }: Domain, report: Report): void {
  for (const device of [...disks, ...interfaces, ...vtpms]) {
    if (device.backendDomain === undefined || !hasControls(device.backendDomain)) continue;
    report.add('value-invalid', 'the backend domain contains a control character', originOf(device));
  }
}
