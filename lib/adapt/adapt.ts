import { adaptChannels, restoreChannels } from './channel.js';
import { adaptClock } from './clock.js';
import {
  adaptBalloons,
  adaptGraphics,
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
import { Report, strictly, type Diagnostic } from '../diagnostics/diagnostic.js';
import { decodeInput } from '../document/input.js';
import type { HostOptions } from '../document/options.js';
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
  /** Keep what has to go in <metadata>, from where the way back takes it again. */
  readonly keep?: boolean | undefined;
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
  { to = 'xen', guest, keep = false, networks, pools }: AdaptOptions,
): readonly Edit[] | undefined {
  if (root.name !== 'domain') {
    report.add('xml-root', `the root element is <${root.name}>, not <domain>`, root.tagSpan);
    return undefined;
  }
  const rewriter = new XmlRewriter(source, root, report, keep);
  if (!adaptType(rewriter, to)) return undefined;
  const kvm = root.peek('type') !== 'xen';
  if (to === 'xen') adaptToXen(rewriter, guest ?? guestOf(rewriter), kvm, { networks, pools });
  else adaptToKvm(rewriter, source);
  rewriter.finish();
  return rewriter.editor.edits;
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

const guestKinds: Readonly<Record<string, GuestKind>> = { linux: 'pv', xen: 'pv', xenpvh: 'pvh' };

function guestOf(rewriter: XmlRewriter): GuestKind {
  const type = rewriter.at('os/type')?.content.trim() ?? '';
  return Object.hasOwn(guestKinds, type) ? (guestKinds[type] ?? 'hvm') : 'hvm';
}

/** What has to go goes first: nothing more is said of it. */
function adaptToXen(rewriter: XmlRewriter, guest: GuestKind, kvm: boolean, host: HostOptions): void {
  removeRefused(rewriter, guest);
  adaptOs(rewriter, guest, kvm);
  adaptClock(rewriter);
  adaptNuma(rewriter, guest);
  adaptChannels(rewriter);
  adaptDisks(rewriter, guest, kvm, host);
  adaptInterfaces(rewriter, guest, host);
  adaptGraphics(rewriter);
  adaptVideos(rewriter, guest, kvm);
  adaptSounds(rewriter);
  adaptBalloons(rewriter);
}

function adaptToKvm(rewriter: XmlRewriter, source: string): void {
  restoreOs(rewriter);
  restoreChannels(rewriter);
  restoreDisks(rewriter);
  restoreDevices(rewriter);
  restore(rewriter, source);
}
