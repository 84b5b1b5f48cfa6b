import type { Code } from '../diagnostics/codes.js';
import { argumentsIn, commandlines } from '../libvirt/commandline.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import type { XmlRewriter } from './xml-rewriter.js';

/** An element or attribute that only libvirt's Xen driver has, and why libvirt's QEMU driver does without it. */
interface XenOnly {
  /** The parent, from below <domain>. */
  readonly parent: string;
  readonly name: string;
  readonly because: (element: XmlElement) => readonly [code: Code, reason: string];
}

/** Scripts that connect an interface as KVM's driver does itself (/etc/xen/scripts). */
const usualScripts = /(?:^|\/)(?:vif-(?:bridge|openvswitch))?$/;

const elements: readonly XenOnly[] = [
  {
    parent: 'devices/interface',
    name: 'backenddomain',
    because: (domain) =>
      isDom0(domain)
        ? ['implied', 'the host serves the interface']
        : ['unsupported', 'KVM has no driver domains: the host serves the interface'],
  },
  {
    parent: 'devices/disk',
    name: 'script',
    because: () => ['unsupported', "the script is for Xen's hotplug: the disk may need it"],
  },
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

/** Removes what only Xen has, and reports it. */
export function removeXenOnly(rewriter: XmlRewriter): void {
  for (const domain of rewriter.every('devices/disk/backenddomain')) {
    const reason = 'the host serves the disk';
    if (isDom0(domain)) rewriter.remove(domain, { code: 'implied', reason });
    else {
      // Its source is a path in that domain; the host's own of that name would be another disk.
      const hint = 'attach it in the host, and give its device or file';
      const message = `the disk is in domain '${domain.peek('name') ?? ''}', and KVM has no driver domains`;
      rewriter.report.add('device-unsupported', message, domain.tagSpan, hint);
    }
  }
  for (const { parent, name, because } of elements) {
    for (const element of rewriter.every(`${parent}/${name}`)) {
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
  const reason = "these arguments are for Xen's device model";
  for (const commandline of commandlines(rewriter.root)) {
    const isEmpty = argumentsIn(commandline).every((arg) => rewriter.editor.isRemoved(arg));
    if (!isEmpty) rewriter.remove(commandline, { code: 'unsupported', reason });
  }
}
