import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import { xlFeatureName } from '../model/cpu-features.js';
import type { Cpu, CpuFeature, CpuPolicy } from '../model/cpu.js';
import type { NumaNode } from '../model/numa.js';
import type { Os } from '../model/os.js';
import { writeNuma } from './numa.js';
import type { XmlDescriptor } from './descriptor.js';
import type { XmlElement } from './xml/element.js';
import { element, type XmlTree } from './xml/tree.js';

const policyOf: Readonly<Record<string, CpuPolicy>> = {
  force: 'on',
  require: 'on',
  optional: 'default',
  disable: 'off',
  forbid: 'off',
};

/** libvirt cannot express the host's own value of a bit; the preserved setting contains it. */
const policyNames: Readonly<Record<CpuPolicy, string>> = {
  on: 'force',
  off: 'disable',
  default: 'optional',
  host: 'optional',
};

/** The virtualization extensions of Intel and AMD: a guest gets them by `nestedhvm`. */
const isVirtualisation = (name: string): boolean => name === 'vmx' || name === 'svm';

/**
 * Reads <cpu> except its NUMA nodes. In a domain for Xen, `host-passthrough` means nested virtualization (xen_xl.c
 * of libvirt). In a domain for KVM it is the common default: on Xen the guest sees the host's CPU anyway, and gets
 * nested virtualization if vmx or svm is required explicitly. Features that a model disables are disabled on Xen,
 * too.
 */
export function readCpu(domain: XmlElement, os: Os, kvm: boolean, report: Report): Cpu | undefined {
  const cpu = domain.child('cpu');
  if (!cpu) return undefined;
  const mode = readMode(cpu, report);
  const isNative = mode === 'host-passthrough' && !kvm;
  const given = cpu.children.flatMap((child) => readFeature(child, report));
  const virtualisation = given.filter(({ name }) => isVirtualisation(name));
  const features = readFeatures(given, isNative, kvm, report);
  if (isNative && (os.type === 'hvm' || features.length > 0)) cpu.attribute('mode');
  // A PVH guest has the choice if it is named: libvirt's driver reads the mode of HVM guests alone.
  const canNest = os.type === 'hvm' || (os.type === 'pvh' && virtualisation.length > 0);
  if (!canNest) return features.length > 0 ? withOrigin<Cpu>({ features }, cpu.tagSpan) : undefined;
  for (const { feature } of virtualisation) feature.markAllRead();
  const isHidden = virtualisation.some(({ policy }) => policy === 'off');
  const isAsked = virtualisation.some(({ policy }) => policy === 'on');
  if (!isNative && virtualisation.length === 0 && features.length === 0) return undefined;
  const isNested = isAsked || (isNative && os.type === 'hvm');
  return withOrigin<Cpu>({ nested: !isHidden && isNested, features }, cpu.tagSpan);
}

interface GivenFeature {
  readonly name: string;
  readonly policy: CpuPolicy;
  readonly feature: XmlElement;
}

function readFeature(feature: XmlElement, report: Report): readonly GivenFeature[] {
  if (feature.name !== 'feature') return [];
  const given = feature.peek('policy') ?? 'require';
  const policy = Object.hasOwn(policyOf, given) ? policyOf[given] : undefined;
  if (!policy) {
    feature.markAllRead();
    report.add(
      'value-invalid',
      `unknown CPU feature policy '${given}'`,
      feature.attributeSpan('policy'),
      `libvirt knows ${Object.keys(policyOf).join(', ')}`,
    );
    return [];
  }
  return [{ name: feature.peek('name') ?? '', policy, feature }];
}

/** Reads the features that Xen can change; the others stay unread. */
function readFeatures(
  given: readonly GivenFeature[],
  isNative: boolean,
  kvm: boolean,
  report: Report,
): readonly CpuFeature[] {
  const features = new Map<string, CpuFeature>();
  for (const { name, policy, feature } of given) {
    if (isVirtualisation(name) || xlFeatureName(name) === undefined) continue;
    // Without this bit a guest does not detect Xen, and has no paravirtual devices: no channels.
    if (kvm && name === 'hypervisor' && policy === 'off') {
      const message = 'Xen is not hidden: the guest would not find its devices';
      report.add('unsupported', message, feature.tagSpan);
      feature.markAllRead();
      continue;
    }
    feature.markAllRead();
    if (features.has(name)) {
      report.add('value-invalid', `CPU feature '${name}' specified twice`, feature.tagSpan);
    } else if (isNative || policy === 'off') features.set(name, { name, policy });
    else {
      const message = `CPU feature '${name}' omitted: a Xen guest has the features of the host`;
      report.add('implied', message, feature.tagSpan);
    }
  }
  return [...features.values()];
}

const modeNames = ['host-passthrough', 'maximum', 'host-model', 'custom'];

/** A mode without a meaning on Xen stays unread, and is reported as what Xen does by default. */
function readMode(cpu: XmlElement, report: Report): string {
  const mode = cpu.peek('mode') ?? 'custom';
  if (!modeNames.includes(mode)) {
    report.add('value-invalid', `unknown CPU mode '${mode}'`, cpu.attributeSpan('mode'));
    cpu.attribute('mode');
  }
  const model = cpu.peekChild('model');
  if (!model || model.content.trim() === '') return mode;
  const message = `CPU model '${model.markRead().text()}' converted to the host's CPU: xl has no CPU models`;
  report.add('converted', message, model.tagSpan);
  return mode;
}

/** Writes <cpu>, which also contains the NUMA nodes. */
export function writeCpu(cpu: Cpu | undefined, numa: readonly NumaNode[], os: Os): XmlTree | undefined {
  if (!cpu && numa.length === 0) return undefined;
  const nested = cpu?.nested ?? (os.type === 'hvm' ? false : undefined);
  const isNamed = cpu && (nested === false || (nested && os.type === 'pvh'));
  return element('cpu', { mode: cpu && 'host-passthrough' }, [
    isNamed ? element('feature', { policy: nested ? 'force' : 'disable', name: 'vmx' }) : undefined,
    ...(cpu?.features ?? []).map(({ name, policy }) =>
      element('feature', { policy: policyNames[policy], name }),
    ),
    writeNuma(numa),
  ]);
}

export const cpu: XmlDescriptor<'cpu'> = {
  field: 'cpu',
  read: ({ root, os, kvm, report }) => readCpu(root, os, kvm, report),
  write: ({ cpu, numa = [], os }) => [writeCpu(cpu, numa, os)],
};
