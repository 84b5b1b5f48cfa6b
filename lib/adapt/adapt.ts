import { adaptChannels, restoreChannels } from './channel.js';
import { adaptClock } from './clock.js';
import { reportIgnored } from './ignored.js';
import {
  adaptBalloons,
  adaptGraphics,
  adaptInputs,
  checkHostdevs,
  adaptInterfaces,
  adaptSounds,
  adaptVideos,
  restoreDevices,
} from './devices.js';
import { adaptDisks, restoreDisks } from './disk.js';
import { restorePorts } from './port.js';
import { removeXenOnly } from './xen-only.js';
import { XmlRewriter, type GuestKind } from './xml-rewriter.js';
import { restore } from './restore.js';
import { adaptNuma } from './numa.js';
import { adaptKernelArguments, adaptOs, restoreOs } from './os.js';
import { removeRefused } from './refused.js';
import { isArm, noHvmOnArm, supportedArchitecture, type Architecture } from '../model/architecture.js';
import { Report, strictly, type Diagnostic } from '../diagnostics/diagnostic.js';
import { adviseDropping, droppedReason, selectDropped, titleOf, withDropped } from '../document/drop.js';
import { decodeInput } from '../document/input.js';
import { emulatorReason } from '../libvirt/emulator.js';
import { readMetadata } from '../libvirt/metadata.js';
import { checkGuestProtections, checkProtections } from '../libvirt/protections.js';
import { mergeRepeated } from '../libvirt/repeated.js';
import { reportGuestChanges } from '../to-xen/guest.js';
import { renamedDisks } from '../to-xen/kernel-arguments.js';
import { xmlDevices } from '../libvirt/devices.js';
import {
  newestLibvirt,
  type HostOptions,
  type HvmDefaults,
  type LibvirtVersion,
} from '../document/options.js';
import type { TransportOption } from '../document/transport.js';
import { applyEdits, type Edit } from '../libvirt/xml/edit.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import { parseXml } from '../libvirt/xml/parse.js';

export type { GuestKind } from './xml-rewriter.js';
export { applyEdits, type Edit } from '../libvirt/xml/edit.js';

/** The hypervisors whose drivers in libvirt a domain XML can be adapted to. */
export type Hypervisor = 'xen' | 'kvm';

export interface AdaptOptions extends HostOptions {
  /** The hypervisor to adapt to (default: Xen). */
  readonly to?: Hypervisor | undefined;
  /** The kind of guest on Xen (default: what the document specifies). */
  readonly guest?: GuestKind | undefined;
  /** The libvirt whose driver the XML is for; absent: the newest. */
  readonly libvirt?: LibvirtVersion | undefined;
  /**
   * How the guest sees the channels of the document: `auto` (default), see docs/channels.md. Ports that are in it
   * already stay.
   */
  readonly transport?: TransportOption | undefined;
  /** The number of spare virtio-serial ports of an HVM guest; see FormatOptions. */
  readonly sparePorts?: number | undefined;
  readonly hvmDefaults?: HvmDefaults | undefined;
  /** Preserve each change in <metadata>, from where it is undone on the way back. */
  readonly keep?: boolean | undefined;
  /**
   * Devices to remove, each with a warning: `disk:vdc`, `interface:user`, `interface:MAC`, `channel:NAME`, `hostdev`;
   * `all`: each device that the target does not support. An invalid selector is a RangeError.
   */
  readonly drop?: readonly string[] | undefined;
  /**
   * Whether to report what stays in the document although libvirt's Xen driver ignores it (default: true), for which
   * the whole domain is read. A caller that shows no warnings saves that time; `strict` does it always.
   */
  readonly reportsIgnored?: boolean | undefined;
  /** Treat warnings as errors. */
  readonly strict?: boolean | undefined;
  /** The maximum input size (default: 4 MiB), in UTF-16 units of a string or bytes of a Uint8Array. */
  readonly limit?: number | undefined;
}

export interface AdaptResult {
  /** The changes to `source`, in the order of their offsets, without overlaps; absent if there was an error. */
  readonly edits?: readonly Edit[];
  /** The adapted document: `source` with the edits applied; absent if there was an error. */
  readonly output?: string;
  /** The text that was read; offsets and spans refer to it, in UTF-16 units. */
  readonly source: string;
  /** All diagnostics, in the order of the document. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Adapts a domain XML of KVM to libvirt's Xen driver, or back, and changes only what is necessary. Pure and
 * idempotent: adapting the result gives no edits. It never throws for an invalid document; errors are in the
 * diagnostics.
 *
 * @param input the document, as text or as UTF-8
 */
export function adapt(input: string | Uint8Array, options: AdaptOptions = {}): AdaptResult {
  return withDropped(options.drop, (drop) => adaptOnce(input, { ...options, drop }));
}

function adaptOnce(input: string | Uint8Array, options: AdaptOptions): AdaptResult {
  const report = new Report();
  const source = decodeInput(input, options, report);
  const root = report.hasErrors ? undefined : parseXml(source, report);
  const edits = root && adaptDomain(source, root, report, options);
  const diagnostics = options.strict ? strictly(report.diagnostics) : report.diagnostics;
  const failed = diagnostics.some(({ severity }) => severity === 'error');
  return { source, diagnostics, ...(edits && !failed && { edits, output: applyEdits(source, edits) }) };
}

function adaptDomain(
  source: string,
  root: XmlElement,
  report: Report,
  {
    to = 'xen',
    guest,
    libvirt = newestLibvirt,
    keep = false,
    drop = [],
    strict = false,
    reportsIgnored = true,
    transport,
    sparePorts,
    hvmDefaults,
    networks,
    userBridge,
    pools,
  }: AdaptOptions,
): readonly Edit[] | undefined {
  if (root.name !== 'domain') {
    report.add('xml-root', `the root element is <${root.name}>, not <domain>`, root.tagSpan);
    return undefined;
  }
  const rewriter = new XmlRewriter(source, root, report, keep ? to : undefined);
  for (const element of mergeRepeated(root, report)) {
    // libvirt ignores it here as there.
    const message = `<${element.name}> has no effect: ${element.omission ?? 'libvirt does not read it'}`;
    report.add('no-effect', message, element.tagSpan);
  }
  dropDevices(rewriter, drop);
  if (to === 'kvm') restore(rewriter, source);
  if (!adaptType(rewriter, to)) return undefined;
  const kvm = root.peek('type') !== 'xen';
  if (to === 'kvm') adaptToKvm(rewriter, !kvm);
  else {
    const architecture = architectureOf(rewriter);
    if (architecture === undefined) return undefined;
    const kind = kindOf(rewriter, guest, architecture);
    adaptToXen(rewriter, {
      kind,
      architecture,
      kvm,
      libvirt,
      channels: { transport, sparePorts, hvmDefaults },
      host: { networks, userBridge, pools },
    });
    if (reportsIgnored || strict)
      reportIgnored(rewriter, { libvirt, transport, hvmDefaults, networks, userBridge, pools });
  }
  rewriter.finish();
  return rewriter.editor.edits;
}

/** Selected devices are removed first, so that no other diagnostics refer to them. */
function dropDevices(rewriter: XmlRewriter, selectors: readonly string[]): void {
  const { root, report } = rewriter;
  adviseDropping(() => xmlDevices(root), report);
  if (selectors.length === 0) return;
  for (const device of selectDropped(xmlDevices(root), selectors, report)) {
    rewriter.remove(device.element, { code: 'device-dropped', reason: droppedReason }, titleOf(device));
  }
}

/** The domain's type, and the emulator, which belongs to it. */
function adaptType(rewriter: XmlRewriter, to: Hypervisor): boolean {
  const { root, report } = rewriter;
  const type = root.peek('type');
  if (type === undefined) {
    report.add('value-missing', '<domain> has no type', root.tagSpan, `write <domain type='${to}'>`);
    return false;
  }
  if (type !== 'kvm' && type !== 'qemu' && type !== 'xen') {
    const message = `domain type '${type}' cannot be converted to ${to === 'xen' ? 'Xen' : 'KVM'}`;
    report.add('domain-type', message, root.attributeSpan('type'));
    return false;
  }
  if (to === 'xen') adaptEmulators(rewriter, type !== 'xen');
  if (type === to || (to === 'kvm' && type === 'qemu')) return true;
  rewriter.change(root, 'type', to, `domain type '${type}' converted to '${to}'`);
  const reason = "libvirt's QEMU driver uses its own device model";
  for (const emulator of to === 'kvm' ? rewriter.all('emulator') : [])
    rewriter.remove(emulator, { code: 'converted', reason });
  return true;
}

/** By the rule of `convert`; without an <emulator>, the driver has a default. */
function adaptEmulators(rewriter: XmlRewriter, kvm: boolean): void {
  const { settings } = readMetadata(rewriter.root, new Report());
  for (const emulator of rewriter.all('emulator')) {
    const reason = emulatorReason(emulator.content.trim(), kvm, settings);
    if (reason !== undefined) rewriter.remove(emulator, { code: 'converted', reason });
  }
}

/** @returns undefined for an architecture that Xen does not support, which is reported */
function architectureOf(rewriter: XmlRewriter): Architecture | undefined {
  const type = rewriter.at('os/type');
  const architecture = supportedArchitecture(type?.peek('arch'));
  if (typeof architecture === 'string') return architecture;
  rewriter.report.add('domain-type', architecture.reason, type?.attributeSpan('arch'));
  return undefined;
}

const guestKinds: Readonly<Record<string, GuestKind>> = { linux: 'pv', xen: 'pv', xenpvh: 'pvh' };

/** On Arm there is one kind of guest. KVM's guests, which libvirt calls HVM, are converted to it. */
function kindOf(rewriter: XmlRewriter, chosen: GuestKind | undefined, architecture: Architecture): GuestKind {
  const type = rewriter.at('os/type');
  if (!isArm(architecture)) return chosen ?? guestOf(rewriter);
  const isHvm =
    chosen === 'hvm' ||
    (chosen === undefined && rewriter.root.peek('type') === 'xen' && guestOf(rewriter) === 'hvm');
  if (isHvm) rewriter.report.add('domain-type', noHvmOnArm, type?.tagSpan);
  return 'pvh';
}

function guestOf(rewriter: XmlRewriter): GuestKind {
  const type = rewriter.at('os/type')?.content.trim() ?? '';
  return Object.hasOwn(guestKinds, type) ? (guestKinds[type] ?? 'hvm') : 'hvm';
}

/** The kind of guest on Xen, and whether the document was for KVM. */
interface Target {
  readonly kind: GuestKind;
  readonly architecture: Architecture;
  readonly kvm: boolean;
  readonly libvirt: LibvirtVersion;
  readonly channels: Pick<AdaptOptions, 'transport' | 'sparePorts' | 'hvmDefaults'>;
  readonly host: HostOptions;
}

/** Rejected elements are removed first, so that no other diagnostics refer to them. */
function adaptToXen(
  rewriter: XmlRewriter,
  { kind: guest, architecture, kvm, libvirt, channels, host }: Target,
): void {
  removeRefused(rewriter, guest, libvirt);
  if (kvm) {
    checkGuestProtections(rewriter.root, rewriter.report);
    checkProtections(rewriter.devices, rewriter.report);
  }
  const bootDisk = adaptOs(rewriter, guest, kvm, architecture);
  adaptClock(rewriter);
  adaptNuma(rewriter, guest);
  adaptChannels(rewriter, guest, channels);
  const { before, after: disks } = adaptDisks(rewriter, { guest, kvm, bootDisk, host });
  if (kvm) {
    const names = renamedDisks(before, disks, { from: 'vd', to: 'xvd' });
    adaptKernelArguments(rewriter, 'xen', { disks: names, xenConsole: guest !== 'hvm' });
  }
  const cards = adaptInterfaces(rewriter, guest, kvm, host);
  const hasConsoles = rewriter.all('channel').length > 0;
  if (kvm) reportGuestChanges(before, { disks, cards, hasConsoles }, rewriter.report);
  checkHostdevs(rewriter);
  adaptGraphics(rewriter, kvm);
  adaptVideos(rewriter, guest, kvm);
  adaptSounds(rewriter);
  if (kvm) adaptInputs(rewriter, guest);
  adaptBalloons(rewriter);
}

function adaptToKvm(rewriter: XmlRewriter, isXen: boolean): void {
  restoreOs(rewriter);
  restoreChannels(rewriter);
  restorePorts(rewriter);
  const { before, after } = restoreDisks(rewriter);
  const names = renamedDisks(before, after, { from: 'xvd', to: 'vd' });
  if (isXen) adaptKernelArguments(rewriter, 'kvm', { disks: names, xenConsole: false });
  restoreDevices(rewriter);
  if (isXen) removeXenOnly(rewriter);
}
