import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import { hasHostCpu, parseCpuList } from '../model/cpu-list.js';
import type { Vcpus } from '../model/vcpus.js';

/** Pins are for existing CPUs, each at most once and in order. */
export function checkVcpus(vcpus: Vcpus, report: Report): void {
  const invalid = (message: string): void => report.add('value-invalid', message, originOf(vcpus));
  const lists = [vcpus.affinity, ...(vcpus.pins ?? []).map(({ cpus }) => cpus)];
  for (const list of lists) {
    if (list !== undefined && !hasHostCpu(list)) invalid(`no host has a CPU of the list '${list}'`);
  }
  let last = -1;
  for (const { vcpu, cpus } of vcpus.pins ?? []) {
    if (!(vcpu > last && vcpu < vcpus.maximum)) invalid(`vCPU ${vcpu} cannot be pinned here`);
    if (cpus === 'all' || parseCpuList(cpus) !== cpus) invalid(`'${cpus}' is not a valid CPU list`);
    last = vcpu;
  }
}
