import type { Code } from '../diagnostics/codes.js';
import { argumentsIn, commandlines } from '../libvirt/commandline.js';
import { isXensLabel } from '../libvirt/security-label.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import { attachHint } from '../model/disk.js';
import type { XmlRewriter } from './xml-rewriter.js';

/** An element or attribute that only libvirt's Xen driver has, and why libvirt's QEMU driver does without it. */
interface XenOnly {
  /** The parent, from below <domain>. */
  readonly parent: string;
  readonly name: string;
  /** Which of them; absent: all. */
  readonly when?: (element: XmlElement) => boolean;
  readonly because: (element: XmlElement) => readonly [code: Code, reason: string];
}

/** Scripts that connect an interface as KVM's driver does itself (/etc/xen/scripts). */
const usualScripts = /(?:^|\/)(?:vif-(?:bridge|openvswitch))?$/;

const elements: readonly XenOnly[] = [
  {
    parent: 'devices/interface',
    name: 'script',
    because: (script) =>
      usualScripts.test(script.peek('path') ?? '')
        ? ['implied', "the script is for Xen's hotplug"]
        : ['unsupported', "the script is for Xen's hotplug: the interface may need what it does"],
  },
  {
    parent: 'devices/interface',
    name: 'ip',
    because: () => ['unsupported', "KVM's driver does not pass addresses to a guest"],
  },
  {
    parent: '',
    name: 'seclabel',
    when: isXensLabel,
    because: () => ['unsupported', "the label is of the policy of Xen's security module"],
  },
  { parent: 'features', name: 'xen', because: () => ['unsupported', 'KVM has no such features'] },
  {
    parent: 'features',
    name: 'viridian',
    because: () => [
      'unsupported',
      'KVM has the enlightenments of <hyperv>; select those that the guest needs',
    ],
  },
];

/** Attributes of a kind, which the driver ignores. */
const attributes = [
  {
    parent: 'devices/hostdev/source',
    name: 'writeFiltering',
    reason: "KVM's driver does not filter what a guest writes to the configuration of a device",
  },
  { parent: 'devices/hostdev', name: 'nostrictreset', reason: "KVM's driver resets a device" },
] as const;

const isDom0 = (domain: XmlElement): boolean =>
  ['', '0', 'Domain-0', 'dom0'].includes(domain.peek('name') ?? '');

/** A device that another domain serves: the host has another device of that name, or none. */
function checkBackend(device: XmlElement, rewriter: XmlRewriter): void {
  const [backend] = device.children.filter(({ name }) => name === 'backenddomain');
  if (!backend) return;
  if (isDom0(backend)) {
    rewriter.remove(backend, { code: 'implied', reason: `the host serves the ${device.name}` });
    return;
  }
  const message = `the ${device.name} is served by domain '${backend.peek('name') ?? ''}'; on KVM, the host serves all devices`;
  const hint = 'give it a source on the host, and remove this';
  rewriter.report.add('device-unsupported', message, backend.tagSpan, hint);
}

/** Removes what only Xen has, and reports it. */
export function removeXenOnly(rewriter: XmlRewriter): void {
  for (const device of [...rewriter.all('disk'), ...rewriter.all('interface')])
    checkBackend(device, rewriter);
  for (const script of rewriter.every('devices/disk/script')) {
    const message = 'KVM has no scripts that make the block device of a disk';
    rewriter.report.add('device-unsupported', message, script.tagSpan, attachHint);
  }
  for (const { parent, name, when = () => true, because } of elements) {
    for (const element of rewriter.every(parent === '' ? name : `${parent}/${name}`).filter(when)) {
      const [code, reason] = because(element);
      rewriter.remove(element, { code, reason });
    }
  }
  for (const { parent, name, reason } of attributes) {
    for (const element of rewriter.every(parent)) {
      const value = element.peek(name);
      const message = `${name}='${value ?? ''}' of <${element.name}> has no effect: ${reason}`;
      if (value !== undefined) rewriter.report.add('no-effect', message, element.attributeSpan(name));
    }
  }
  for (const commandline of commandlines(rewriter.root)) {
    if (argumentsIn(commandline).every((arg) => rewriter.editor.isRemoved(arg))) continue;
    const message = `<${commandline.name}> has no effect: its arguments are for Xen's device model`;
    rewriter.report.add('no-effect', message, commandline.tagSpan);
  }
}
