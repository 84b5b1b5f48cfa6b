import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import type { Domain } from '../model/domain.js';
import { hasControls } from '../text/controls.js';
import { checkBackendDomains } from './backend-domain.js';
import { checkChannels } from './channel.js';
import { checkCpu } from './cpu.js';
import { checkDisks } from './disk.js';
import { checkFeatures } from './features.js';
import { checkGraphics } from './graphics.js';
import { checkHostdevs } from './hostdev.js';
import { checkNuma } from './numa.js';
import { checkVcpus } from './vcpus.js';
import { checkXenbus } from './xenbus.js';

/**
 * Checks what must hold for every domain, in both directions: a name or path that one format could
 * misread is rejected in both.
 */
export function checkDomain(domain: Domain, report: Report, options: FormatOptions = {}): void {
  if (hasControls(domain.name)) {
    report.add('value-invalid', 'the domain name contains a control character', originOf(domain, 'name'));
  }
  checkBackendDomains(domain, report);
  checkCpu(domain.cpu, report);
  checkFeatures(domain.features, report);
  checkXenbus(domain.xenbus, report);
  checkVcpus(domain.vcpus, report);
  checkNuma(domain, report);
  checkChannels(domain, report, options);
  checkDisks(domain.disks, report, options);
  checkGraphics(domain.graphics, report, options);
  checkHostdevs(domain.hostdevs, report);
}
