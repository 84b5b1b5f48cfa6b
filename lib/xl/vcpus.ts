import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { unlessLibvirts } from '../document/profile.js';
import { countCpus, parseCpuList } from '../model/cpu-list.js';
import type { NumaNode } from '../model/numa.js';
import type { VcpuPin, Vcpus } from '../model/vcpus.js';
import type { XlOutput } from './output.js';
import type { XlAtom } from '../xl-syntax/ast.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const vcpus: XlDescriptor<'vcpus'> = {
  field: 'vcpus',
  keys: { maxvcpus: 'vcpu', vcpus: 'vcpu/@current', cpus: 'vcpu/@cpuset' },
  owned: ['maxvcpus', 'vcpus'],
  read: ({ xl, field, report, options }) => readVcpus(xl, field('numa') ?? [], report, options),
  write: (value, { out, report }) => writeVcpus(value, out, report),
};

/** More virtual CPUs than libvirt's schema allows; Xen's own limit is far lower. */
const maximumVcpus = 65535;

/** The limit for the total length of affinities of many virtual CPUs, in characters. */
const maximumPinText = 2 ** 20;

/** Reads `vcpus`, `maxvcpus` and the forms of `cpus` that libvirt can say. */
function readVcpus(xl: XlReader, numa: readonly NumaNode[], report: Report, options: FormatOptions): Vcpus {
  const [online, maximum] = [xl.integer('vcpus'), xl.integer('maxvcpus')];
  for (const count of [online, maximum]) {
    if (count && (count.value < 1 || count.value > maximumVcpus)) {
      const message = `${count.value} is not a valid number of virtual CPUs`;
      // libvirt's converter copies none at all, which it rejects itself.
      report.add(
        count.value === 0 ? unlessLibvirts('value-invalid', options) : 'value-invalid',
        message,
        count.span,
      );
    }
  }
  if (online && maximum && maximum.value < online.value) {
    report.add('value-invalid', 'maxvcpus is less than vcpus', maximum.span);
  }
  // xl uses the number of CPUs in the nodes; whether it matches is checked with the rest of the domain.
  const inNodes = numa.reduce((sum, { vcpus }) => sum + countCpus(vcpus), 0);
  const most = maximum?.value ?? (inNodes > 0 ? inNodes : (online?.value ?? 1));
  if (online && !maximum && inNodes > 0 && online.value > inNodes) {
    const message = `the nodes of vnuma have no more than ${inNodes} virtual CPUs`;
    report.add('value-invalid', message, online.span);
  }
  if (!online && most > 1) {
    const message = 'one virtual CPU is online: xl starts one if vcpus is not set';
    report.add('value-default', message, maximum?.span, `add vcpus = ${most} to start with all`);
  }
  // xl applies `cpus` before libxl's default of one CPU, so to none (seen with xl 4.17).
  const isApplied = online !== undefined || maximum !== undefined || inNodes > 0;
  if (xl.has('cpus') && !isApplied) {
    const message = "xl ignores 'cpus' without vcpus or maxvcpus";
    report.add('xl-ignored', message, xl.keySpan('cpus'), 'add vcpus = 1');
  }
  const cpus = xl.isList('cpus') ? readPins(xl, most, report) : readAffinity(xl, report);
  return withOrigin<Vcpus>(
    { maximum: most, online: online?.value ?? 1, ...(isApplied && cpus) },
    (maximum ?? online)?.span,
  );
}

/** xl skips blanks only before a number (xl_parse.c: parse_range, by strtoul). */
const misplacedBlank = /[ \t\n\v\f\r](?:,|$)|(?:^|,)[ \t\n\v\f\r]+[^ \t\n\v\f\r0-9]/;

function reportBlanks({ text, span }: XlAtom, report: Report): void {
  if (!misplacedBlank.test(text)) return;
  const message = 'xl accepts blanks in a list of CPUs only before a number';
  report.add('xl-nonstandard-syntax', message, span, 'remove them');
}

function readAffinity(xl: XlReader, report: Report): Pick<Vcpus, 'affinity'> {
  const cpus = xl.atom('cpus');
  if (cpus) reportBlanks(cpus, report);
  const affinity = cpus && parseCpuList(cpus.text);
  if (cpus && affinity === undefined) xl.leave('cpus');
  return affinity !== undefined && affinity !== 'all' ? { affinity } : {};
}

/** A list contains the host CPUs of each virtual CPU in turn; CPUs after its end can run anywhere. */
function readPins(xl: XlReader, maximum: number, report: Report): Pick<Vcpus, 'pins'> {
  const pins: VcpuPin[] = [];
  for (const [vcpu, atom] of (xl.list('cpus') ?? []).entries()) {
    const { text, span } = atom;
    reportBlanks(atom, report);
    if (vcpu >= maximum) {
      report.add('xl-ignored', `cpus: the guest has no more than ${maximum} virtual CPUs`, span);
      break;
    }
    const cpus = parseCpuList(text);
    if (cpus === undefined) {
      xl.leave('cpus');
      return {};
    }
    if (cpus !== 'all') pins.push({ vcpu, cpus });
  }
  return pins.length > 0 ? { pins } : {};
}

function writeVcpus(vcpus: Vcpus, out: XlOutput, report: Report): void {
  const { maximum, online, affinity, pins = [] } = vcpus;
  if (online < maximum) out.set('maxvcpus', maximum);
  out.set('vcpus', online);
  const last = pins.at(-1);
  if (!last) {
    out.set('cpus', affinity, originOf(vcpus, 'affinity'));
    return;
  }
  if (affinity !== undefined && affinity.length * maximum > maximumPinText) {
    const message = `the list of host CPUs is too long to be written for each of ${maximum} virtual CPUs`;
    report.add('xl-unrepresentable', message, originOf(vcpus));
    return;
  }
  const places = new Map(pins.map(({ vcpu, cpus }) => [vcpu, cpus]));
  const count = affinity === undefined ? last.vcpu + 1 : maximum;
  const list = Array.from({ length: count }, (_, vcpu) => places.get(vcpu) ?? affinity ?? 'all');
  out.set('cpus', list, originOf(vcpus, 'pins'));
}
