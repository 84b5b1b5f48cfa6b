import { orderBoot } from '../libvirt/boot-order.js';
import { defaultReason } from '../libvirt/defaults.js';
import { isXensRom, ovmfPath, ownBios, refuseSecureBoot } from '../libvirt/firmware.js';
import { armKernelHint, bootNames, hasDefaultBootloader, machineOf } from '../libvirt/os.js';
import { isArm, type Architecture } from '../model/architecture.js';
import { isHvmloader } from '../model/os.js';
import { convertKernelArguments, type RenamedDevices } from '../to-xen/kernel-arguments.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import type { XmlRewriter, GuestKind } from './xml-rewriter.js';

/** Elements that a PV or PVH guest does not have: it has no firmware. */
const firmwareParts = ['loader', 'nvram', 'firmware', 'bootmenu', 'bios'] as const;

/**
 * Gives the guest Xen's machine, firmware and boot order.
 * @returns the hard disk to boot first, which its name has to say
 */
export function adaptOs(
  rewriter: XmlRewriter,
  guest: GuestKind,
  kvm: boolean,
  architecture: Architecture,
): string | undefined {
  const os = rewriter.at('os');
  const type = rewriter.at('os/type');
  if (!os || !type) return undefined;
  const arm = isArm(architecture);
  const { type: name, machine } = machineOf(guest, architecture);
  if (type.content.trim() !== name && !(name === 'linux' && type.content.trim() === 'xen')) {
    rewriter.editor.setText(type, name);
    rewriter.report.add(
      'converted',
      `OS type '${type.content.trim()}' converted to '${name}'`,
      type.textSpan,
    );
  }
  if (type.peek('machine') !== undefined) rewriter.change(type, 'machine', machine);
  if (guest === 'hvm') {
    adaptFirmware(os, rewriter, kvm);
    const bootDisk = adaptBootOrder(os, rewriter);
    if (kvm) addApic(rewriter);
    return bootDisk;
  }
  const reason = 'a PV or PVH guest boots a kernel or boot loader, not firmware';
  rewriter.removeAttribute(os, 'firmware', { code: 'unsupported', reason });
  for (const part of os.children) {
    if (firmwareParts.some((known) => known === part.name))
      rewriter.remove(part, { code: 'unsupported', reason });
  }
  const boots = rewriter.at('os/kernel') ?? rewriter.at('bootloader');
  if (!boots && !hasDefaultBootloader(guest, kvm, architecture)) {
    const hint = arm
      ? armKernelHint
      : 'write <kernel>, or <bootloader>pygrub</bootloader>, or use an HVM guest';
    rewriter.report.add('value-missing', 'the guest has neither a kernel nor a bootloader', os.tagSpan, hint);
  }
  return undefined;
}

/** For UEFI, Xen's own OVMF, which the driver identifies by its path. For any other firmware, Xen's default. */
function adaptFirmware(os: XmlElement, rewriter: XmlRewriter, kvm: boolean): void {
  const chosen = os.peek('firmware');
  const loader = os.peekChild('loader');
  const details = os.peekChild('firmware');
  const isFlash = loader?.peek('type') === 'pflash';
  const own = 'Xen uses its own OVMF';
  refuseSecureBoot(os, loader, rewriter.report);
  if (loader && isFlash) {
    if (kvm && loader.content.trim() !== ovmfPath) {
      rewriter.editor.setText(loader, ovmfPath);
      rewriter.report.add('converted', own, loader.tagSpan);
    }
    for (const name of ['format', 'stateless']) {
      if (loader.peek(name) !== undefined) rewriter.editor.removeAttribute(loader, name);
    }
  } else if (loader && kvm && !isHvmloader(loader.content.trim())) {
    const reason = chosen === 'efi' ? own : isXensRom(loader.content.trim()) ? ownBios : undefined;
    rewriter.remove(
      loader,
      reason === undefined
        ? { code: 'unsupported', reason: 'Xen uses its own hvmloader' }
        : { code: 'converted', reason },
    );
  }
  if (chosen === undefined) return;
  rewriter.removeAttribute(os, 'firmware', {
    code: 'converted',
    reason: 'Xen does not select firmware; <loader> specifies it',
  });
  const isOff = details?.children.every(
    (feature) => defaultReason('os/firmware/feature', feature) !== undefined,
  );
  if (details)
    rewriter.remove(details, {
      code: isOff ? 'implied' : 'unsupported',
      reason: "Xen's firmware has no such features",
    });
  if (chosen !== 'efi' || isFlash) return;
  rewriter.editor.append(os, `<loader readonly='yes' type='pflash'>${ovmfPath}</loader>`);
  rewriter.report.add('converted', own, os.attributeSpan('firmware'));
}

/** QEMU's machines have an APIC in any case; libvirt's Xen driver gives a guest one that asks for it (model/defaults.ts). */
function addApic({ root, report, editor }: XmlRewriter): void {
  const features = root.children.filter(({ name }) => name === 'features');
  if (features.some(({ children }) => children.some(({ name }) => name === 'apic'))) return;
  const [first] = features;
  if (first) editor.append(first, '<apic/>');
  else editor.append(root, '<features><apic/></features>');
  report.add('converted', '<apic/> added: every KVM guest has an APIC', (first ?? root).tagSpan);
}

/** The driver knows <os><boot dev>, not the devices' own <boot order>. */
function adaptBootOrder(os: XmlElement, rewriter: XmlRewriter): string | undefined {
  const ordered = rewriter.devices.flatMap((device) => device.children.filter(({ name }) => name === 'boot'));
  if (ordered.length === 0) return undefined;
  const says = os.children.some(({ name }) => name === 'boot');
  const reason = "converted to a <boot> of <os>: libvirt's Xen driver reads only those";
  for (const boot of ordered) rewriter.remove(boot, { code: 'converted', reason });
  if (says) return undefined;
  const guest = orderBoot({ type: 'hvm', boot: [] }, rewriter.devices);
  for (const device of guest.type === 'hvm' ? guest.boot : [])
    rewriter.editor.append(os, `<boot dev='${bootNames[device]}'/>`);
  return guest.type === 'hvm' ? guest.bootDisk : undefined;
}

/** Converts the names of devices in the arguments of the kernel. */
export function adaptKernelArguments(
  rewriter: XmlRewriter,
  to: 'xen' | 'kvm',
  renamed: RenamedDevices,
): void {
  const cmdline = rewriter.at('os/cmdline');
  if (!cmdline || rewriter.isRestored(cmdline, '')) return;
  const given = cmdline.content.trim();
  const converted = convertKernelArguments(given, to, renamed, rewriter.report, cmdline.textSpan);
  rewriter.editor.setText(cmdline, converted);
}

/** On the way back, KVM chooses machine and firmware itself. */
export function restoreOs(rewriter: XmlRewriter): void {
  const os = rewriter.at('os');
  const type = rewriter.at('os/type');
  if (!os || !type) return;
  const name = type.content.trim();
  if (name !== 'hvm' && !rewriter.isRestored(type, '')) {
    rewriter.editor.setText(type, 'hvm');
    rewriter.report.add('converted', `OS type '${name}' converted to 'hvm'`, type.textSpan);
  }
  if (type.peek('machine')?.startsWith('xen')) {
    rewriter.removeAttribute(type, 'machine', { code: 'converted', reason: "KVM's driver chooses one" });
  }
  const reason = "libvirt's QEMU driver selects the firmware";
  for (const loader of os.children.filter((part) => part.name === 'loader')) {
    if (rewriter.isRestored(loader, '') || rewriter.editor.isRemoved(loader)) continue;
    if (loader.peek('type') === 'pflash') rewriter.editor.setAttribute(os, 'firmware', 'efi');
    rewriter.remove(loader, { code: 'converted', reason });
  }
  for (const path of ['bootloader', 'bootloader_args']) {
    const element = rewriter.at(path);
    if (element)
      rewriter.remove(element, { code: 'unsupported', reason: 'KVM boots from firmware or a kernel' });
  }
}
