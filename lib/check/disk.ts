import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import { isDiskName, type Disk } from '../model/disk.js';

export function checkDisks(disks: readonly Disk[], report: Report): void {
  const targets = new Set<string>();
  for (const disk of disks) {
    if (!isDiskName(disk.target)) {
      const message = `libxl rejects the disk name '${disk.target}'`;
      report.add('value-invalid', message, originOf(disk, 'target'), 'use xvda, hda, sda and the like');
    }
    if (targets.has(disk.target)) {
      report.add('value-invalid', `duplicate disk name '${disk.target}'`, originOf(disk, 'target'));
    }
    targets.add(disk.target);
  }
}
