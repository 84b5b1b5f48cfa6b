import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { parseCpuList } from '../model/cpu-list.js';
import type { Vcpus } from '../model/vcpus.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './syntax/reader.js';

/** More virtual CPUs than libvirt's schema can say; Xen's own limit is far lower. */
const maximumVcpus = 65535;

/** Reads `vcpus`, `maxvcpus` and the forms of `cpus` that libvirt can say. */
export function readVcpus(xl: XlReader, report: Report): Vcpus {
  const [online, maximum, cpus] = [xl.integer('vcpus'), xl.integer('maxvcpus'), xl.atomIfSingle('cpus')];
  for (const count of [online, maximum]) {
    if (count && (count.value < 1 || count.value > maximumVcpus)) {
      report.add(
        'value-invalid',
        `${count.value} is not a number of virtual CPUs that a domain can have`,
        count.span,
      );
    }
  }
  if (online && maximum && maximum.value < online.value) {
    report.add('value-invalid', 'maxvcpus is less than vcpus', maximum.span);
  }
  const affinity = cpus && parseCpuList(cpus.text);
  if (cpus && affinity === undefined) xl.leave('cpus');
  const most = maximum?.value ?? online?.value ?? 1;
  return withOrigin<Vcpus>(
    {
      maximum: most,
      online: online?.value ?? most,
      ...(affinity !== undefined && affinity !== 'all' && { affinity }),
    },
    (maximum ?? online)?.span,
  );
}

export function writeVcpus(vcpus: Vcpus, out: XlOutput): void {
  if (vcpus.online < vcpus.maximum) out.set('maxvcpus', vcpus.maximum);
  out.set('vcpus', vcpus.online);
  out.set('cpus', vcpus.affinity, originOf(vcpus, 'affinity'));
}
