import type { Report } from './diagnostics/diagnostic.js';
import { originOf } from './diagnostics/origin.js';
import { xlFeatureName } from './model/cpu-features.js';
import { parseCpuList, rangesOf } from './model/cpu-list.js';
import type { Domain } from './model/domain.js';
import { isViridianGroup } from './model/features.js';
import { isDistance } from './model/numa.js';
import { isLimit } from './model/xenbus.js';

/** What must hold of a domain's CPUs, their nodes and their features, whichever way it goes. */
export function checkCpu(domain: Domain, report: Report): void {
  const { cpu, features, numa = [], vcpus, xenbus } = domain;
  const invalid = (message: string, node: object | undefined): void => {
    report.add('value-invalid', message, originOf(node));
  };
  const names = new Set<string>();
  for (const { name } of cpu?.features ?? []) {
    if (xlFeatureName(name) === undefined) invalid(`xl's cpuid cannot change the CPU feature '${name}'`, cpu);
    if (names.has(name)) invalid(`the CPU feature '${name}' is given twice`, cpu);
    names.add(name);
  }
  const groups = typeof features.viridian === 'object' ? features.viridian : [];
  for (const group of groups) {
    if (!isViridianGroup(group)) invalid(`xl knows no group '${group}' of enlightenments`, features);
  }
  for (const limit of [xenbus?.maxEventChannels, xenbus?.maxGrantFrames]) {
    if (limit !== undefined && !isLimit(limit))
      invalid(`${limit} is no limit of event channels or grant frames`, xenbus);
  }
  let last = -1;
  for (const { vcpu, cpus } of vcpus.pins ?? []) {
    if (!(vcpu > last && vcpu < vcpus.maximum)) invalid(`virtual CPU ${vcpu} cannot be pinned here`, vcpus);
    if (cpus === 'all' || parseCpuList(cpus) !== cpus) invalid(`'${cpus}' is not a list of CPUs`, vcpus);
    last = vcpu;
  }
  if (numa.length > 0) checkNuma(domain, report);
}

/** xl's own rules (libxl_vnuma.c), and what ACPI can say. */
function checkNuma({ memory, numa = [], vcpus }: Domain, report: Report): void {
  const homes = new Map<number, number>();
  for (const [id, node] of numa.entries()) {
    const invalid = (message: string): void => {
      report.add('value-invalid', `NUMA node ${id}: ${message}`, originOf(node));
    };
    if (node.distances.length !== numa.length || !node.distances.every(isDistance)) {
      invalid(`its distances must be ${numa.length}, of 10 to 255`);
    }
    for (const [first, end] of rangesOf(node.vcpus)) {
      for (let cpu = first; cpu <= end; cpu++) {
        const home = homes.get(cpu);
        if (home === undefined && cpu < vcpus.maximum) homes.set(cpu, id);
        else {
          invalid(
            home === undefined
              ? `the guest has no virtual CPU ${cpu}`
              : `virtual CPU ${cpu} is in node ${home} already`,
          );
          return;
        }
      }
    }
  }
  if (homes.size < vcpus.maximum) {
    const lost = Array.from({ length: vcpus.maximum }, (_, cpu) => cpu).find((cpu) => !homes.has(cpu));
    const message = `virtual CPU ${lost ?? 0} is in no NUMA node`;
    report.add('value-invalid', message, originOf(numa[0]), 'xl wants each in one');
  }
  const inNodes = numa.reduce((sum, { memoryKiB }) => sum + memoryKiB, 0);
  if (inNodes !== memory.maximumKiB) {
    const message = `the NUMA nodes have ${inNodes} KiB together, the domain ${memory.maximumKiB} KiB`;
    report.add('value-invalid', message, originOf(memory));
  }
}
