import type { Report } from '../diagnostics/diagnostic.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Domain } from '../model/domain.js';
import { parseUuid } from '../model/uuid.js';
import { orderBoot } from './boot-order.js';
import { readClock } from './clock.js';
import { readCommandline } from './commandline.js';
import { readCpu } from './cpu.js';
import { readDevices } from './device-descriptors.js';
import { DeviceReader } from './device-reader.js';
import { readFeatures } from './features.js';
import { readLifecycle } from './lifecycle.js';
import { readMemory } from './memory.js';
import { liftSettings, readMetadata } from './metadata.js';
import { readNuma } from './numa.js';
import { readOs } from './os.js';
import { reportUnread } from './unread.js';
import { readVcpus } from './vcpus.js';
import type { XmlElement } from './xml/element.js';
import { parseXml } from './xml/parse.js';

/**
 * Reads a domain XML. What no reader takes is reported, and kept as pieces of XML.
 * @returns the domain; nothing if it lacks what every domain must have. `report` may hold errors beside it.
 */
export function readDomainXml(source: string, report: Report): Domain | undefined {
  const root = parseXml(source, report);
  if (!root) return undefined;
  if (root.name !== 'domain') {
    report.add('xml-root', `the root element is <${root.name}>, not <domain>`, root.tagSpan);
    return undefined;
  }
  const hypervisor = readHypervisor(root, report);
  const kept = readMetadata(root, report);
  const os = readOs(root, hypervisor === 'kvm', kept.settings, report);
  const numa = readNuma(root, report);
  const memory = readMemory(root, numa, report);
  const name = root.child('name');
  if (!name?.text()) report.add('value-missing', 'the domain has no <name>', (name ?? root).tagSpan);
  if (!os || !memory || !name) return undefined;

  const devices = new DeviceReader(root, hypervisor === 'kvm', os, kept, report);
  const found = readDevices(devices);
  const uuid = readUuid(root, report);
  const domain: Domain = {
    hypervisor,
    name: checkName(name, report),
    ...(uuid !== undefined && { uuid }),
    memory,
    vcpus: readVcpus(root, report),
    os: orderBoot(os, devices.elements, report),
    features: readFeatures(root, os, hypervisor === 'kvm', report),
    ...cpuOf(readCpu(root, os, hypervisor === 'kvm', report)),
    ...(numa.length > 0 && { numa }),
    clock: readClock(root, os, report),
    lifecycle: readLifecycle(root, report),
    ...found,
    deviceModelArguments: readCommandline(root, report),
    kept: { settings: kept.settings, fragments: reportUnread(root, report) },
  };
  return withOrigin(liftSettings(domain), root.tagSpan, {
    name: name.textSpan,
    emulator: hypervisor === 'kvm' ? undefined : devices.all('emulator')[0]?.textSpan,
  });
}

const cpuOf = (cpu: Domain['cpu']): Pick<Domain, 'cpu'> => (cpu ? { cpu } : {});

function readHypervisor(root: XmlElement, report: Report): Domain['hypervisor'] {
  const type = root.attribute('type');
  if (type === 'kvm' || type === 'qemu') {
    report.add('converted', `a domain of type '${type}' becomes one for Xen`, root.attributeSpan('type'));
    return 'kvm';
  }
  if (type === undefined)
    report.add('value-missing', '<domain> has no type', root.tagSpan, "write <domain type='xen'>");
  else if (type !== 'xen') {
    report.add('domain-type', `a domain of type '${type}' has no way to Xen`, root.attributeSpan('type'));
  }
  return 'xen';
}

function checkName(name: XmlElement, report: Report): string {
  const text = name.text();
  if (text.includes('/')) report.add('value-invalid', `the name '${text}' holds a '/'`, name.textSpan);
  return text;
}

function readUuid(root: XmlElement, report: Report): string | undefined {
  const element = root.child('uuid');
  if (!element) return undefined;
  const uuid = parseUuid(element.text());
  if (uuid === undefined) report.add('value-invalid', `'${element.text()}' is not a UUID`, element.textSpan);
  return uuid;
}
