import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import { rangesOf } from '../model/cpu-list.js';
import type { Domain } from '../model/domain.js';
import { isDistance } from '../model/numa.js';

/** The rules of libxl (libxl_vnuma.c), and the limits of ACPI. */
export function checkNuma({ memory, numa = [], vcpus }: Domain, report: Report): void {
  if (numa.length === 0) return;
  const homes = new Map<number, number>();
  for (const [id, node] of numa.entries()) {
    const invalid = (message: string): void => {
      report.add('value-invalid', `NUMA node ${id}: ${message}`, originOf(node));
    };
    if (node.distances.length !== numa.length || !node.distances.every(isDistance)) {
      invalid(`${numa.length} distances between 10 and 255 required`);
    }
    for (const [first, end] of rangesOf(node.vcpus)) {
      for (let cpu = first; cpu <= end; cpu++) {
        const home = homes.get(cpu);
        if (home === undefined && cpu < vcpus.maximum) homes.set(cpu, id);
        else {
          invalid(
            home === undefined ? `the guest has no vCPU ${cpu}` : `vCPU ${cpu} is already in node ${home}`,
          );
          return;
        }
      }
    }
  }
  if (homes.size < vcpus.maximum) {
    const missing = Array.from({ length: vcpus.maximum }, (_, cpu) => cpu).find((cpu) => !homes.has(cpu));
    const message = `vCPU ${missing ?? 0} is in no NUMA node`;
    report.add('value-invalid', message, originOf(numa[0]), 'put every vCPU into a node');
  }
  const inNodes = numa.reduce((sum, { memoryKiB }) => sum + memoryKiB, 0);
  if (inNodes !== memory.maximumKiB) {
    const message = `the NUMA nodes have ${inNodes} KiB of memory in total, the domain ${memory.maximumKiB} KiB`;
    report.add('value-invalid', message, originOf(memory));
  }
}
