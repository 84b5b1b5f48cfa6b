import { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf, withOrigin } from '../diagnostics/origin.js';
import { countCpus, parseCpuList } from '../model/cpu-list.js';
import { defaultDistance, isDistance, maximumNodes, type NumaNode } from '../model/numa.js';
import { parseSize } from './size.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

/**
 * Reads <numa> of <cpu>, and from <numatune> the host node that each cell is bound to; a cell that is not bound
 * uses the host's node of the same number, as in libvirt's Xen driver.
 */
export function readNuma(domain: XmlElement, report: Report): readonly NumaNode[] {
  const cpu = domain.peekChild('cpu');
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

/**
 * Adds CPUs that are in no cell to the first one, as libvirt does for CPUs that can be hot-plugged (numa_conf.c:
 * virDomainNumaFillCPUsInNode).
 */
function fillFirst(nodes: readonly NumaNode[], count: number, report: Report): readonly NumaNode[] {
  const [first, ...others] = nodes;
  if (!first || nodes.some(({ vcpus }) => vcpus === '')) return nodes;
  const taken = others.map(({ vcpus }) => vcpus);
  const free = parseCpuList(
    [`0-${count - 1}`, ...taken.flatMap((list) => list.split(',').map((r) => `^${r}`))].join(','),
  );
  const missing =
    free === undefined
      ? 0
      : countCpus(
          parseCpuList([free, ...first.vcpus.split(',').map((range) => `^${range}`)].join(',')) ?? '',
        );
  const vcpus = missing > 0 && free !== undefined ? parseCpuList(`${first.vcpus},${free}`) : undefined;
  if (vcpus === undefined) return nodes;
  report.add(
    'value-adjusted',
    `NUMA cells: ${missing} vCPUs are in no cell; libvirt puts them into cell 0`,
    originOf(first),
  );
  return [derive(first, { vcpus }), ...others];
}

/**
 * Divides <memory> among the cells if it is less than their sum, in proportion and in whole MiB. libvirt's
 * converter writes such cells as they are, and xl rejects a `vnuma` with more memory than `maxmem`. In a domain for
 * KVM the cells count, because libvirt defines it with their sum.
 */
function fitMemory(nodes: readonly NumaNode[], domain: XmlElement, report: Report): readonly NumaNode[] {
  if (nodes.length === 0) return nodes;
  const memory = domain.peekChild('memory');
  // Errors in the size are reported where the memory itself is read.
  const wanted = Math.floor(((memory && parseSize(memory, new Report())) ?? 0) / kiB);
  const total = nodes.reduce((sum, { memoryKiB }) => sum + memoryKiB, 0);
  if (!memory || wanted < nodes.length || wanted * kiB >= total) return nodes;
  report.add(
    'value-adjusted',
    `the NUMA cells have more memory than the domain: ${wanted} MiB are divided among them`,
    memory.tagSpan,
  );
  let [given, before] = [0, 0];
  return nodes.map((node) => {
    before += node.memoryKiB;
    const share = Math.floor((wanted * before) / total) - given;
    given += share;
    return derive(node, { memoryKiB: share * kiB });
  });
}

const kiB = 1024;

/** The cells in the order of their IDs, which are by default their positions in the document. */
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

/** A distance between two cells applies in both directions; libvirt's default applies to the others. */
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

/** A strict <memnode> with one node corresponds to xl's `pnode`; any other stays unread. */
function readHostNodes(domain: XmlElement, count: number): ReadonlyMap<number, number> {
  const hostNodes = new Map<number, number>();
  const tune = domain.peekChild('numatune');
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

/** Writes <numa>, without distances if all are libvirt's defaults. */
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

/** Writes <numatune> for nodes that are not bound to the host's node of the same number. */
export function writeHostNodes(nodes: readonly NumaNode[]): XmlTree | undefined {
  const bound = nodes.flatMap(({ hostNode }, cellid) =>
    hostNode === cellid ? [] : [element('memnode', { cellid, mode: 'strict', nodeset: hostNode })],
  );
  return bound.length === 0 ? undefined : element('numatune', {}, bound);
}

/** The nodes are written with the CPU; their bindings to the host are written separately. */
export const numa: XmlDescriptor<'numa'> = {
  field: 'numa',
  read: ({ root, field, report, kvm }) => {
    const nodes = fillFirst(readNuma(root, report), field('vcpus').maximum, report);
    const fitting = kvm ? nodes : fitMemory(nodes, root, report);
    return fitting.length > 0 ? fitting : undefined;
  },
  write: ({ numa = [] }) => [writeHostNodes(numa)],
};
