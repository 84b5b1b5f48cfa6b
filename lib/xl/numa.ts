import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { parseCpuList } from '../model/cpu-list.js';
import { defaultDistance, maximumNodes, type NumaNode } from '../model/numa.js';
import type { XlOutput } from './output.js';
import { parameterOf, type Parameter } from './parameters.js';
import { parseInteger } from '../xl-syntax/integer.js';
import type { XlReader } from './reader.js';
import type { XlValue } from '../xl-syntax/ast.js';
import type { XlDescriptor } from './descriptor.js';

export const numa: XlDescriptor<'numa'> = {
  field: 'numa',
  keys: { vnuma: 'cpu/numa/cell' },
  owned: ['vnuma'],
  read: ({ xl, report }) => {
    const nodes = readNuma(xl, report);
    return nodes.length > 0 ? nodes : undefined;
  },
  write: (value, { out }) => writeNuma(value, out),
};

const kiB = 1024;

/** More than any host has, and a whole number of KiB. */
const maximumSizeMiB = 2 ** 33;
const maximumHostNode = 0xffff;

const keys = ['pnode', 'size', 'vcpus', 'vdistances'] as const;
type Key = (typeof keys)[number];

/**
 * Reads `vnuma`, a list of lists of KEY=VALUE (xl_parse.c: parse_vnuma_config). What xl would read as 0 and libxl
 * then reject is an error here; without `vdistances` libvirt's default distances are used.
 */
function readNuma(xl: XlReader, report: Report): readonly NumaNode[] {
  const items = xl.items('vnuma');
  const extra = items[maximumNodes];
  if (extra) {
    report.add('value-invalid', `vnuma: a guest can have no more than ${maximumNodes} nodes`, extra.span);
    return [];
  }
  return items.map((item, index) => readNode(item, index, items.length, report));
}

function readNode(item: XlValue, index: number, count: number, report: Report): NumaNode {
  const given = readKeys(item, index, report);
  const whole = (key: Key, maximum: number): number => {
    const found = given.get(key);
    const value = found && parseInteger(found.value.trim());
    if (found && (value === undefined || value < 0 || value > maximum)) {
      report.add('value-invalid', `vnuma: '${found.value}' is not a valid ${key} of a node`, found.span);
      return 0;
    }
    return value ?? 0;
  };
  for (const key of keys) {
    if (key === 'vdistances' || given.has(key)) continue;
    report.add('value-missing', `vnuma: node ${index} has no '${key}'`, item.span);
  }
  const [hostNode, sizeMiB] = [whole('pnode', maximumHostNode), whole('size', maximumSizeMiB)];
  if (given.has('size') && sizeMiB === 0) {
    report.add('value-invalid', `vnuma: node ${index} has no memory`, given.get('size')?.span);
  }
  const distances = readDistances(given.get('vdistances'), index, count, report);
  return withOrigin<NumaNode>(
    { hostNode, memoryKiB: sizeMiB * kiB, vcpus: readCpus(given.get('vcpus'), report), distances },
    item.span,
  );
}

function readKeys(item: XlValue, index: number, report: Report): ReadonlyMap<Key, Parameter> {
  const given = new Map<Key, Parameter>();
  if (item.kind === 'atom') {
    const message = `vnuma: node ${index} must be a list such as [ "pnode=0", "size=512", "vcpus=0-1" ]`;
    report.add('value-invalid', message, item.span);
    return given;
  }
  for (const part of item.items) {
    const found =
      part.kind === 'atom' ? parameterOf({ text: part.text, start: 0, span: part.span }) : undefined;
    const key = keys.find((known) => known === found?.key.trim());
    if (!found) report.add('value-invalid', `vnuma: node ${index}: expected KEY=VALUE`, part.span);
    else if (key) given.set(key, found);
    else report.add('xl-ignored', `vnuma: unknown key '${found.key}' of a node`, part.span);
  }
  return given;
}

function readCpus(found: Parameter | undefined, report: Report): string {
  if (!found) return '';
  const vcpus = /[\^a-z]/.test(found.value) ? undefined : parseCpuList(found.value);
  if (vcpus === undefined)
    report.add('value-invalid', `vnuma: '${found.value}' is not a list of CPUs`, found.span);
  return vcpus ?? '';
}

function readDistances(
  found: Parameter | undefined,
  index: number,
  count: number,
  report: Report,
): readonly number[] {
  const usual = Array.from({ length: count }, (_, to) => defaultDistance(index, to));
  if (!found) return usual;
  const distances = found.value.split(',', count + 1).map((text) => parseInteger(text.trim()) ?? NaN);
  if (distances.length === count && !distances.some(Number.isNaN)) return distances;
  const message = `vnuma: '${found.value}' is not ${count === 1 ? 'one distance' : `${count} distances`}, one to each node`;
  report.add('value-invalid', message, found.span);
  return usual;
}

/** Writes the nodes in libvirt's order of keys, the memory in MiB, rounded up. */
function writeNuma(nodes: readonly NumaNode[], out: XlOutput): void {
  for (const node of nodes) {
    const { hostNode, memoryKiB, vcpus, distances } = node;
    const item = [
      `pnode=${hostNode}`,
      `size=${Math.ceil(memoryKiB / kiB)}`,
      `vcpus=${vcpus}`,
      `vdistances=${distances.join(',')}`,
    ];
    out.append('vnuma', item, originOf(node));
  }
}

/** The total memory of the nodes in MiB, as xl adds it up. */
export const memoryOf = (nodes: readonly NumaNode[]): number =>
  nodes.reduce((sum, { memoryKiB }) => sum + Math.ceil(memoryKiB / kiB), 0);
