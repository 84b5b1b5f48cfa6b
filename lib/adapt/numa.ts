import { Report } from '../diagnostics/diagnostic.js';
import { numaUnsupportedReason } from '../to-xen/numa.js';
import { readMemory } from '../libvirt/memory.js';
import { readNuma } from '../libvirt/numa.js';
import type { Draft, GuestKind } from './draft.js';

/** Removes NUMA cells that libvirt accepts and libxl rejects, with what is bound to them. */
export function adaptNuma(draft: Draft, guest: GuestKind): void {
  const cells = draft.at('cpu/numa');
  if (!cells) return;
  // libvirt itself reports what is wrong with them.
  const ignored = new Report();
  const memory = readMemory(draft.root, readNuma(draft.root, ignored), ignored);
  const reason = numaUnsupportedReason(guest, memory !== undefined && memory.currentKiB < memory.maximumKiB);
  if (reason === undefined) return;
  draft.remove(cells, { code: 'unsupported', reason });
  for (const node of draft.at('numatune')?.children ?? []) {
    if (node.name === 'memnode') draft.remove(node, { code: 'unsupported', reason });
  }
}
