import { adaptChannels, restoreChannels } from './channel.js';
import { adaptClock } from './clock.js';
import {
  adaptBalloons,
  adaptGraphics,
  checkHostdevs,
  adaptInterfaces,
  adaptSounds,
  adaptVideos,
  restoreDevices,
} from './devices.js';
import { adaptDisks, restoreDisks } from './disk.js';
import { XmlRewriter, type GuestKind } from './xml-rewriter.js';
import { restore } from './restore.js';
import { adaptNuma } from './numa.js';
import { adaptOs, restoreOs } from './os.js';
import { removeRefused } from './refused.js';
import { isArm, noHvmOnArm, supportedArchitecture, type Architecture } from '../model/architecture.js';
import { Report, strictly, type Diagnostic } from '../diagnostics/diagnostic.js';
import { adviseDropping, droppedReason, selectDropped, titleOf, withDropped } from '../document/drop.js';
import { decodeInput } from '../document/input.js';
import { mergeRepeated } from '../libvirt/repeated.js';
import { reportGuestChanges } from '../to-xen/guest.js';
import { xenNicModel } from '../to-xen/interface.js';
import { xmlDevices } from '../libvirt/devices.js';
import { newestLibvirt, type HostOptions, type LibvirtVersion } from '../document/options.js';
import { applyEdits, type Edit } from '../libvirt/xml/edit.js';
import type { XmlElement } from '../libvirt/xml/element.js';
import { parseXml } from '../libvirt/xml/parse.js';

export type { GuestKind } from './xml-rewriter.js';
export { applyEdits, type Edit } from '../libvirt/xml/edit.js';

/** The hypervisors whose drivers in libvirt a domain XML can be adapted to. */
export type Hypervisor = 'xen' | 'kvm';

export interface AdaptOptions extends HostOptions {
  /** The hypervisor that the XML is to be for; Xen if absent. */
  readonly to?: Hypervisor | undefined;
  /** The kind of guest on Xen; absent: what the document says. */
  readonly guest?: GuestKind | undefined;
  /** The libvirt whose driver the XML is for; absent: the newest. */
  readonly libvirt?: LibvirtVersion | undefined;
  /** Keep what has to go in <metadata>, from where the way back takes it again. */
  readonly keep?: boolean | undefined;
  /**
   * Devices to remove, each with a warning: `disk:vdc`, `interface:user`, `interface:MAC`, `channel:NAME`, `hostdev`;
   * `all`: each device that the target does not support. An invalid selector is a RangeError.
   */
  readonly drop?: readonly string[] | undefined;
  /** Every warning counts as an error. */
  readonly strict?: boolean | undefined;
  /** Refuse documents larger than this; 4 MiB if absent. In UTF-16 units of a string, bytes of a Uint8Array. */
  readonly limit?: number | undefined;
}

export interface AdaptResult {
  /** The changes to `source`, in the order of their offsets, without overlaps; absent if there was an error. */
  readonly edits?: readonly Edit[];
  /** The adapted document: `source` with the edits applied; absent if there was an error. */
  readonly output?: string;
  /** The text that was read; offsets and spans count in it, in UTF-16 units. */
  readonly source: string;
  /** Everything that was found, in the order of the document. */
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Adapts a domain XML of KVM to libvirt's Xen driver, or back, touching nothing that need not
 * change. Pure, and idempotent: adapting the result gives no edits. It never throws for a bad
 * document; what is wrong is in the diagnostics.
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
    networks,
    userBridge,
    pools,
  }: AdaptOptions,
): readonly Edit[] | undefined {
  if (root.name !== 'domain') {
    report.add('xml-root', `the root element is <${root.name}>, not <domain>`, root.tagSpan);
    return undefined;
  }
  const rewriter = new XmlRewriter(source, root, report, keep);
  for (const element of mergeRepeated(root, report)) {
    // libvirt ignores it here as there.
    const message = `<${element.name}> has no effect: ${element.omission ?? 'libvirt does not read it'}`;
    report.add('no-effect', message, element.tagSpan);
  }
  if (!adaptType(rewriter, to)) return undefined;
  dropDevices(rewriter, drop);
  const kvm = root.peek('type') !== 'xen';
  if (to === 'kvm') adaptToKvm(rewriter, source);
  else {
    const architecture = architectureOf(rewriter);
    if (architecture === undefined) return undefined;
    const kind = kindOf(rewriter, guest, architecture);
    adaptToXen(rewriter, { kind, architecture, kvm, libvirt, host: { networks, userBridge, pools } });
  }
  rewriter.finish();
  return rewriter.editor.edits;
}

/** Selected devices go first: nothing more is said of them. */
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
  const { root, report, editor } = rewriter;
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
  if (type === to || (to === 'kvm' && type === 'qemu')) return true;
  editor.setAttribute(root, 'type', to);
  report.add('converted', `domain type '${type}' converted to '${to}'`, root.attributeSpan('type'));
  const reason = `${to === 'xen' ? "libvirt's Xen" : "libvirt's QEMU"} driver uses its own device model`;
  for (const emulator of rewriter.all('emulator')) rewriter.remove(emulator, { code: 'converted', reason });
  return true;
}

/** @returns nothing for what Xen does not have, which is reported */
function architectureOf(rewriter: XmlRewriter): Architecture | undefined {
  const type = rewriter.at('os/type');
  const architecture = supportedArchitecture(type?.peek('arch'));
  if (typeof architecture === 'string') return architecture;
  rewriter.report.add('domain-type', architecture.reason, type?.attributeSpan('arch'));
  return undefined;
}

const guestKinds: Readonly<Record<string, GuestKind>> = { linux: 'pv', xen: 'pv', xenpvh: 'pvh' };

/** On Arm there is one kind, and KVM's guests, which are HVM to libvirt, become that. */
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

/** What a document becomes on Xen, and whether it was KVM's. */
interface Target {
  readonly kind: GuestKind;
  readonly architecture: Architecture;
  readonly kvm: boolean;
  readonly libvirt: LibvirtVersion;
  readonly host: HostOptions;
}

/** What has to go goes first: nothing more is said of it. */
function adaptToXen(rewriter: XmlRewriter, { kind: guest, architecture, kvm, libvirt, host }: Target): void {
  removeRefused(rewriter, guest, libvirt);
  const bootDisk = adaptOs(rewriter, guest, kvm, architecture);
  adaptClock(rewriter);
  adaptNuma(rewriter, guest);
  adaptChannels(rewriter);
  const disks = adaptDisks(rewriter, { guest, kvm, bootDisk, host });
  if (kvm) reportInside(rewriter, disks);
  adaptInterfaces(rewriter, guest, kvm, host);
  checkHostdevs(rewriter);
  adaptGraphics(rewriter, kvm);
  adaptVideos(rewriter, guest, kvm);
  adaptSounds(rewriter);
  adaptBalloons(rewriter);
}

/** What the guest notices of it, as `convert` reports it. Called before the models of interfaces are converted. */
function reportInside(rewriter: XmlRewriter, disks: ReturnType<typeof adaptDisks>): void {
  const models = rewriter
    .all('interface')
    .map((nic) => nic.children.find(({ name }) => name === 'model')?.peek('type'));
  const interfaces = models.map((model) => (model === undefined ? {} : { model: xenNicModel(model) }));
  const channels = rewriter.all('channel').map(() => ({ name: '' }));
  const before = { disks: disks.before, interfaces, channels };
  reportGuestChanges(before, { ...before, disks: disks.after }, rewriter.report);
}

function adaptToKvm(rewriter: XmlRewriter, source: string): void {
  restoreOs(rewriter);
  restoreChannels(rewriter);
  restoreDisks(rewriter);
  restoreDevices(rewriter);
  restore(rewriter, source);
}
