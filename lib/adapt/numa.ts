import { Report } from '../diagnostics/diagnostic.js';
import { numaUnsupportedReason } from '../to-xen/numa.js';
import { readMemory } from '../libvirt/memory.js';
import { readNuma } from '../libvirt/numa.js';
import type { XmlRewriter, GuestKind } from './xml-rewriter.js';

/** Removes NUMA cells that libvirt accepts and libxl rejects, and their bindings. */
export function adaptNuma(rewriter: XmlRewriter, guest: GuestKind): void {
  const cells = rewriter.at('cpu/numa');
  if (!cells) return;
  // libvirt itself reports invalid cells.
  const ignored = new Report();
  const memory = readMemory(rewriter.root, readNuma(rewriter.root, ignored), ignored);
  const reason = numaUnsupportedReason(guest, memory !== undefined && memory.currentKiB < memory.maximumKiB);
  if (reason === undefined) return;
  rewriter.remove(cells, { code: 'unsupported', reason });
  for (const node of rewriter.at('numatune')?.children ?? []) {
    if (node.name === 'memnode') rewriter.remove(node, { code: 'unsupported', reason });
  }
}
