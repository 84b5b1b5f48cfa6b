import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import { parseCpuList } from '../model/cpu-list.js';
import { defaultDistance, isDistance, maximumNodes, type NumaNode } from '../model/numa.js';
import { parseSize } from './size.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/**
 * Reads <numa> of <cpu>, and from <numatune> which node of the host each is bound to; one that is
 * not bound takes the host's node of the same number, as libvirt's Xen driver has it.
 */
export function readNuma(domain: XmlElement, report: Report): readonly NumaNode[] {
  const cpu = domain.children.find((child) => child.name === 'cpu');
  const cells = readCells(cpu?.child('numa')?.all('cell') ?? [], report);
  if (cells.length === 0) return [];
  const distances = readDistances(cells, report);
  const hostNodes = readHostNodes(domain, cells.length);
  return cells.map((cell, id) => {
    const memoryKiB = cell.peek('memory') === undefined ? undefined : parseSize(cell, report, 'memory');
    if (!memoryKiB) report.add('value-missing', `the NUMA cell ${id} has no memory`, cell.tagSpan);
    return withOrigin<NumaNode>(
      {
        hostNode: hostNodes.get(id) ?? id,
        memoryKiB: memoryKiB ?? 0,
        vcpus: readCpus(cell, id, report),
        distances: distances[id] ?? [],
      },
      cell.tagSpan,
    );
  });
}

/** The cells in the order of their numbers, which stand in the order of the document if they are left out. */
function readCells(elements: readonly XmlElement[], report: Report): readonly XmlElement[] {
  const extra = elements[maximumNodes];
  if (extra) {
    report.add('value-invalid', `a guest can have no more than ${maximumNodes} NUMA cells`, extra.tagSpan);
    return [];
  }
  const cells: (XmlElement | undefined)[] = elements.map(() => undefined);
  for (const [place, cell] of elements.entries()) {
    const text = cell.attribute('id') ?? String(place);
    const id = /^[0-9]{1,4}$/.test(text) ? Number(text) : elements.length;
    if (id < elements.length && cells[id] === undefined) cells[id] = cell;
    else {
      const message = `NUMA cell '${text}' is not valid: ${elements.length} cells have the ids 0 to ${elements.length - 1}`;
      cell.markAllRead();
      report.add('value-invalid', message, cell.tagSpan);
    }
  }
  return cells.filter((cell) => cell !== undefined);
}

function readCpus(cell: XmlElement, id: number, report: Report): string {
  const given = cell.attribute('cpus');
  const vcpus = given === undefined ? undefined : parseCpuList(given);
  if (given === undefined) {
    report.add(
      'value-missing',
      `NUMA cell ${id} has no CPUs, which xl requires in each cell`,
      cell.tagSpan,
      'put its memory into a cell that has CPUs',
    );
  } else if (vcpus === undefined || vcpus === 'all') {
    report.add('value-invalid', `'${given}' is not a list of CPUs`, cell.attributeSpan('cpus'));
  }
  return vcpus ?? '';
}

/** What one cell says of another holds the other way, too; the rest is libvirt's default. */
function readDistances(cells: readonly XmlElement[], report: Report): readonly (readonly number[])[] {
  const given = cells.map((cell) => {
    const row = new Map<number, number>();
    for (const sibling of cell.child('distances')?.all('sibling') ?? []) {
      const [id, value] = ['id', 'value'].map((name) => Number(sibling.attribute(name) ?? NaN));
      if (id === undefined || value === undefined || !(id in cells) || !isDistance(value) || row.has(id)) {
        const message = 'a sibling requires the id of another cell, once, and a value of 10 to 255';
        report.add('value-invalid', message, sibling.tagSpan);
      } else row.set(id, value);
    }
    return row;
  });
  return given.map((row, from) =>
    given.map((back, to) => row.get(to) ?? back.get(from) ?? defaultDistance(from, to)),
  );
}

/** <memnode> with one node and no way around it says what xl's `pnode` says; any other stays unread. */
function readHostNodes(domain: XmlElement, count: number): ReadonlyMap<number, number> {
  const hostNodes = new Map<number, number>();
  const tune = domain.children.find((child) => child.name === 'numatune');
  for (const node of tune?.children ?? []) {
    const [id, hostNode] = [Number(node.peek('cellid') ?? NaN), node.peek('nodeset') ?? ''];
    const isStrict = (node.peek('mode') ?? 'strict') === 'strict';
    if (node.name !== 'memnode' || !isStrict || !/^[0-9]{1,5}$/.test(hostNode)) continue;
    if (!(id >= 0 && id < count) || hostNodes.has(id)) continue;
    hostNodes.set(id, Number(hostNode));
    tune?.markRead();
    node.markAllRead();
  }
  return hostNodes;
}

/** Writes <numa>, without the distances where all are libvirt's own. */
export function writeNuma(nodes: readonly NumaNode[]): XmlTree | undefined {
  if (nodes.length === 0) return undefined;
  const isPlain = nodes.every(({ distances }, from) =>
    distances.every((distance, to) => distance === defaultDistance(from, to)),
  );
  const cells = nodes.map(({ memoryKiB, vcpus, distances }, id) =>
    element('cell', { id, cpus: vcpus, memory: memoryKiB, unit: 'KiB' }, [
      isPlain
        ? undefined
        : element(
            'distances',
            {},
            distances.map((value, to) => element('sibling', { id: to, value })),
          ),
    ]),
  );
  return element('numa', {}, cells);
}

/** Writes <numatune> for nodes that do not take the host's node of the same number. */
export function writeHostNodes(nodes: readonly NumaNode[]): XmlTree | undefined {
  const bound = nodes.flatMap(({ hostNode }, cellid) =>
    hostNode === cellid ? [] : [element('memnode', { cellid, mode: 'strict', nodeset: hostNode })],
  );
  return bound.length === 0 ? undefined : element('numatune', {}, bound);
}

/** The nodes are written with the CPU; what they take from the host stands elsewhere. */
export const numa: XmlDescriptor<'numa'> = {
  field: 'numa',
  read: ({ root, report }) => {
    const nodes = readNuma(root, report);
    return nodes.length > 0 ? nodes : undefined;
  },
  write: ({ numa = [] }) => [writeHostNodes(numa)],
};
