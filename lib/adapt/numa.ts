import { Report } from '../diagnostics/diagnostic.js';
import { numaRefusal } from '../fit.js';
import { readMemory } from '../libvirt/memory.js';
import { readNuma } from '../libvirt/numa.js';
import type { Draft, GuestKind } from './draft.js';

/** Removes NUMA cells that libvirt takes and libxl then does not build, with what is bound to them. */
export function adaptNuma(draft: Draft, guest: GuestKind): void {
  const cells = draft.at('cpu/numa');
  if (!cells) return;
  // What is wrong with them is libvirt's to tell.
  const unheard = new Report();
  const memory = readMemory(draft.root, readNuma(draft.root, unheard), unheard);
  const reason = numaRefusal(guest, memory !== undefined && memory.currentKiB < memory.maximumKiB);
  if (reason === undefined) return;
  draft.remove(cells, { code: 'unsupported', reason });
  for (const node of draft.at('numatune')?.children ?? []) {
    if (node.name === 'memnode') draft.remove(node, { code: 'unsupported', reason });
  }
}
