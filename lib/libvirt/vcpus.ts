import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import { parseCpuList } from '../model/cpu-list.js';
import type { Vcpus } from '../model/vcpus.js';
import type { XmlElement } from './xml/element.js';
import { textElement, type XmlTree } from './xml/tree.js';

/** Reads <vcpu>; without one there is a single CPU. */
export function readVcpus(domain: XmlElement, report: Report): Vcpus {
  const vcpu = domain.child('vcpu');
  if (!vcpu) return { maximum: 1, online: 1 };
  if (vcpu.peek('placement') === 'static') vcpu.attribute('placement');
  const [text, current, cpuset] = [vcpu.text(), vcpu.attribute('current'), vcpu.attribute('cpuset')];
  const maximum = text === '' ? 1 : count(text);
  const online = current === undefined ? maximum : count(current);
  if (maximum === undefined)
    report.add('value-invalid', `'${text}' is not a number of virtual CPUs`, vcpu.textSpan);
  if (online === undefined || (maximum !== undefined && online > maximum)) {
    if (maximum !== undefined)
      report.add(
        'value-invalid',
        `current='${current ?? ''}' is not between 1 and ${maximum}`,
        vcpu.attributeSpan('current'),
      );
  }
  const affinity = cpuset === undefined ? undefined : parseCpuList(cpuset);
  if (cpuset !== undefined && affinity === undefined) {
    report.add('value-invalid', `'${cpuset}' is not a list of CPUs`, vcpu.attributeSpan('cpuset'));
  }
  return withOrigin<Vcpus>(
    {
      maximum: maximum ?? 1,
      online: online ?? maximum ?? 1,
      ...(affinity !== undefined && affinity !== 'all' && { affinity }),
    },
    vcpu.tagSpan,
  );
}

/** libvirt's schema has an unsigned short here. */
const count = (text: string): number | undefined =>
  /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65535 ? Number(text) : undefined;

export function writeVcpus(vcpus: Vcpus): XmlTree | undefined {
  const current = vcpus.online < vcpus.maximum ? vcpus.online : undefined;
  return textElement('vcpu', vcpus.maximum, { placement: 'static', cpuset: vcpus.affinity, current });
}
