import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf } from '../diagnostics/origin.js';
import type { Domain } from '../model/domain.js';
import type { Features } from '../model/features.js';
import type { NumaNode } from '../model/numa.js';

/** An HVM guest finds its NUMA nodes in ACPI tables: libvirt enables ACPI, too. */
export function featuresToXen(
  { os, features }: Domain,
  numa: readonly NumaNode[] | undefined,
  report: Report,
): Features {
  if (os.type !== 'hvm' || !numa?.length || features.acpi === true) return features;
  report.add('implied', 'ACPI enabled: it describes the NUMA nodes to the guest', originOf(numa[0]));
  return derive(features, { acpi: true });
}
