import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { Domain } from '../model/domain.js';
import type { Os } from '../model/os.js';

/** xl accepts any nodes when it parses the xl.cfg; libxl rejects some later, when it creates the guest. */
export function numaToXen({ os, memory, numa }: Domain, report: Report): Domain['numa'] {
  const reason = numaUnsupportedReason(os.type, memory.currentKiB < memory.maximumKiB);
  if (!numa?.length || reason === undefined) return numa;
  report.add('unsupported', `NUMA nodes omitted: ${reason}`, originOf(numa[0]));
  return undefined;
}

/**
 * Why libxl does not create NUMA nodes (libxl_create.c: libxl__domain_config_setdefault); undefined if it does.
 * @param canGrow the guest starts with less memory than its maximum
 */
export function numaUnsupportedReason(guest: Os['type'], canGrow: boolean): string | undefined {
  if (guest === 'pv') return 'libxl supports them in HVM and PVH guests only';
  return canGrow ? 'libxl does not support them in a guest whose memory is below its maximum' : undefined;
}
