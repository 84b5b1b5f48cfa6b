import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { unlessLibvirts } from '../document/profile.js';
import { isDiskName, type Disk } from '../model/disk.js';

export function checkDisks(disks: readonly Disk[], report: Report, options: FormatOptions = {}): void {
  const targets = new Set<string>();
  for (const disk of disks) {
    if (!isDiskName(disk.target)) {
      const message = `libxl rejects the disk name '${disk.target}'`;
      report.add(
        unlessLibvirts('value-invalid', options),
        message,
        originOf(disk, 'target'),
        'use xvda, hda, sda and the like',
      );
    }
    if (targets.has(disk.target)) {
      const message = `duplicate disk name '${disk.target}'`;
      report.add(unlessLibvirts('value-invalid', options), message, originOf(disk, 'target'));
    }
    targets.add(disk.target);
  }
}
