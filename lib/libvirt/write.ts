import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { Span } from '../diagnostics/span.js';
import { pathOf } from '../model/disk.js';
import type { Domain } from '../model/domain.js';
import { keptHint } from '../model/kept.js';
import { newestLibvirt, type FormatOptions } from '../document/options.js';
import { writeClock } from './clock.js';
import { commandlineNamespace, writeCommandline } from './commandline.js';
import { writeCpu } from './cpu.js';
import { deviceDescriptors } from './device-descriptors.js';
import { writeFeatures } from './features.js';
import { reportForms } from './forms.js';
import { restoreFragments } from './fragments.js';
import { beyondXml } from './hostdev.js';
import { writeLifecycle } from './lifecycle.js';
import { writeMemory } from './memory.js';
import { settingsBeyondXml, writeMetadata } from './metadata.js';
import { writeHostNodes } from './numa.js';
import { writeOs } from './os.js';
import { withImplied, withLibvirtsDisks } from './profile.js';
import { writePins, writeVcpus } from './vcpus.js';
import { writableFor } from './versions.js';
import { findForbidden } from './xml/characters.js';
import { printXml } from './xml/print.js';
import { element, textElement, type XmlTree } from './xml/tree.js';

/** Writes a domain as XML for libvirt's Xen driver, in libvirt's order of elements. */
export function writeDomainXml(domain: Domain, report: Report, options: FormatOptions = {}): string {
  const isPlain = options.profile !== 'libvirt';
  if (domain.name.includes('/')) {
    report.add('value-invalid', `libvirt takes no '/' in a name: '${domain.name}'`, originOf(domain, 'name'));
  }
  for (const disk of domain.disks) {
    if (disk.source?.kind === 'rbd' && disk.source.user !== undefined) {
      const { user } = disk.source;
      report.add(
        'disk-secret',
        `libvirt wants the key of Ceph's user '${user}' as a secret; its usage is taken to be client.${user}`,
        originOf(disk),
        'define it with virsh secret-define and secret-set-value',
      );
    }
    const path = pathOf(disk.source) ?? '/';
    if (path.startsWith('/')) continue;
    report.add(
      'device-unsupported',
      `libvirt cannot say a disk whose target is no path: '${path}'`,
      originOf(disk),
    );
  }
  reportXlParameters(domain, report);
  refuseBlanks(domain, report);
  reportForms(domain, report);
  for (const channel of domain.channels) {
    if (channel.backendDomain === undefined) continue;
    const message = `libvirt cannot say that channel '${channel.name}' is served by domain '${channel.backendDomain}'`;
    report.add('channel-backend', message, originOf(channel, 'backendDomain'));
  }
  const metadata =
    options.keep === false ? undefined : writeMetadata(domain, settingsBeyondXml(domain, report), report);
  const { os, numa = [], deviceModelArguments } = domain;
  const shownDomain = isPlain ? domain : withLibvirtsDisks(domain);
  const tree = element('domain', { type: 'xen', ...commandlineNamespace(deviceModelArguments) }, [
    textElement('name', domain.name),
    textElement('uuid', domain.uuid),
    metadata,
    ...writeMemory(domain.memory),
    writeVcpus(domain.vcpus),
    writePins(domain.vcpus),
    writeHostNodes(numa),
    ...writeOs(os),
    writeFeatures(domain.features),
    writeCpu(domain.cpu, numa, os),
    writeClock(domain.clock, os),
    ...writeLifecycle(domain.lifecycle),
    element(
      'devices',
      {},
      deviceDescriptors.flatMap(({ write }) => write(shownDomain, report)),
    ),
    writeCommandline(deviceModelArguments),
  ]);
  const shown = isPlain ? tree : withImplied(tree, domain);
  const restored = restoreFragments(shown, domain.kept.fragments, report);
  const whole = writableFor(options.libvirt ?? newestLibvirt, restored, report, originOf(domain));
  const text = printXml(whole, domain.kept.fragments.length > 0);
  if (findForbidden(text) >= 0) reportForbidden(whole, domain, report);
  return text;
}

/** libvirt passes by what only xl knows of a device, though it is kept. */
function reportXlParameters(domain: Domain, report: Report): void {
  const tell = (device: object, what: string, parameters: readonly string[] = []): void => {
    for (const parameter of parameters) {
      const message = `'${parameter}' of ${what} has no place in libvirt's XML`;
      report.add('not-implemented', message, originOf(device), keptHint);
    }
  };
  for (const disk of domain.disks) tell(disk, `disk '${disk.target}'`, disk.xlParameters);
  domain.interfaces.forEach((nic, i) => {
    tell(nic, `interface ${i + 1}`, nic.xlParameters);
  });
  domain.hostdevs.forEach((hostdev, i) => {
    tell(hostdev, `host device ${i + 1}`, beyondXml(hostdev));
  });
}

/** Readers trim these texts: what begins or ends with a blank would come back as another. */
function refuseBlanks(domain: Domain, report: Report): void {
  const { os } = domain;
  const texts: readonly (readonly [what: string, text: string | undefined, place: Span | undefined])[] = [
    ['the name', domain.name, originOf(domain, 'name')],
    ['the emulator', domain.emulator, originOf(domain, 'emulator')],
    ['the kernel', os.kernel, originOf<typeof os>(os, 'kernel')],
    ['the initrd', os.initrd, originOf<typeof os>(os, 'initrd')],
    os.type === 'hvm'
      ? ['the firmware', os.firmware?.path, originOf(os)]
      : ['the boot loader', os.bootloader, originOf(os)],
    ['the file of ACPI tables', os.type === 'hvm' ? os.acpiTables : undefined, originOf(os)],
  ];
  for (const [what, text, place] of texts) {
    if (text === undefined || !/^[ \t\n\r]|[ \t\n\r]$/.test(text)) continue;
    report.add(
      'value-invalid',
      `${what} begins or ends with a blank, which XML's readers cut off`,
      place ?? originOf(domain),
    );
  }
}

/** XML has no way at all to write most control characters. */
function reportForbidden(tree: XmlTree, domain: Domain, report: Report): void {
  const values = [tree.text ?? '', ...tree.attributes.map(([, value]) => value)];
  if (values.some((value) => findForbidden(value) >= 0)) {
    report.add(
      'value-invalid',
      `<${tree.name}> would hold a character that XML does not allow`,
      originOf(domain),
    );
  }
  for (const child of tree.children) reportForbidden(child, domain, report);
}
