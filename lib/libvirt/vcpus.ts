import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { parseCpuList } from '../model/cpu-list.js';
import type { VcpuPin, Vcpus } from '../model/vcpus.js';
import type { XmlBlock, XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, textElement, type XmlTree } from './xml/tree.js';

/** Reads <vcpu> (default: one CPU), and <vcpupin> of <cputune>. */
export function readVcpus(domain: XmlElement, report: Report): Vcpus {
  const vcpu = domain.child('vcpu');
  if (!vcpu) return { maximum: 1, online: 1, ...readPins(domain, 1, report) };
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
    report.add('value-invalid', `cpuset='${cpuset}' ${noCpus}`, vcpu.attributeSpan('cpuset'));
  }
  return withOrigin<Vcpus>(
    omitUndefined({
      maximum: maximum ?? 1,
      online: online ?? maximum ?? 1,
      affinity: affinity === 'all' ? undefined : affinity,
      ...readPins(domain, maximum ?? 1, report),
    }),
    vcpu.tagSpan,
  );
}

const noCpus = 'is not a list of host CPUs, or excludes all of them';

/** libvirt's schema requires an unsigned short here. */
const count = (text: string): number | undefined =>
  /^[1-9][0-9]{0,4}$/.test(text) && Number(text) <= 65535 ? Number(text) : undefined;

/** A pin for a CPU that does not exist, and a second one, stay unread. */
function readPins(domain: XmlElement, maximum: number, report: Report): Pick<Vcpus, 'pins'> {
  const tune = domain.peekChild('cputune');
  const pins = new Map<number, VcpuPin>();
  for (const pin of tune?.children ?? []) {
    const vcpu = /^[0-9]{1,5}$/.test(pin.peek('vcpu') ?? '') ? Number(pin.peek('vcpu')) : maximum;
    if (pin.name !== 'vcpupin' || vcpu >= maximum || pins.has(vcpu)) continue;
    const cpus = parseCpuList(pin.peek('cpuset') ?? '');
    tune?.markRead();
    pin.markAllRead();
    if (cpus !== undefined) pins.set(vcpu, { vcpu, cpus });
    else {
      const message = `cpuset='${pin.peek('cpuset') ?? ''}' of virtual CPU ${vcpu} ${noCpus}`;
      report.add('value-invalid', message, pin.attributeSpan('cpuset'));
    }
  }
  const told = [...pins.values()].filter(({ cpus }) => cpus !== 'all').sort((a, b) => a.vcpu - b.vcpu);
  return told.length > 0 ? { pins: told } : {};
}

export function writeVcpus(vcpus: Vcpus): XmlTree | undefined {
  const current = vcpus.online < vcpus.maximum ? vcpus.online : undefined;
  return textElement('vcpu', vcpus.maximum, { placement: 'static', cpuset: vcpus.affinity, current });
}

/** Writes <cputune> for CPUs with their own affinity. */
export function writePins({ pins = [] }: Vcpus): XmlTree | undefined {
  if (pins.length === 0) return undefined;
  return element(
    'cputune',
    {},
    pins.map(({ vcpu, cpus }) => element('vcpupin', { vcpu, cpuset: cpus })),
  );
}

export const vcpus: XmlDescriptor<'vcpus'> = {
  field: 'vcpus',
  read: ({ root, report }) => readVcpus(root, report),
  write: ({ vcpus }) => [writeVcpus(vcpus)],
  unsupported: [
    [
      'vcpus',
      'implied',
      'Xen starts as many virtual CPUs as <vcpu> specifies, from the first one',
      'rejected',
    ],
  ],
};

/** Read with the CPUs. */
export const vcpuPins: XmlBlock<'vcpus'> = {
  field: 'vcpus',
  write: ({ vcpus }) => [writePins(vcpus)],
};
