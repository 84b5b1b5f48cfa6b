import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import { isViridianGroup, type Features } from '../model/features.js';

export function checkFeatures(features: Features, report: Report): void {
  const groups = typeof features.viridian === 'object' ? features.viridian : [];
  for (const group of groups) {
    if (!isViridianGroup(group))
      report.add('value-invalid', `unknown viridian group '${group}'`, originOf(features));
  }
}
