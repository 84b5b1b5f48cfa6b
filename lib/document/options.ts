import type { Architecture } from '../model/architecture.js';
import type { Transport } from '../model/channel.js';
import type { TransportOption } from './transport.js';

/** Xen releases that the output can be written for. */
export const xenVersions = ['4.17', '4.18', '4.19', '4.20', '4.21'] as const;
export type XenVersion = (typeof xenVersions)[number];
export const newestXen = '4.21' satisfies XenVersion;

/** libvirt releases that the XML can be written for: those of Debian 12 and 13. */
export const libvirtVersions = ['9.0', '11.3'] as const;
export type LibvirtVersion = (typeof libvirtVersions)[number];
export const newestLibvirt = '11.3' satisfies LibvirtVersion;
export const oldestLibvirt = '9.0' satisfies LibvirtVersion;

export const profiles = ['plain', 'libvirt'] as const;
export type Profile = (typeof profiles)[number];

/** Facts about the host that no document specifies; the same for conversion, adaptation and hooks. */
export interface HostOptions {
  /**
   * The bridge of each libvirt network, by the network's name. `user`: also of the interfaces of type 'user', unless
   * the document has a network of that name.
   */
  readonly networks?: Readonly<Record<string, string>> | undefined;
  /** The bridge of the interfaces of type 'user'. */
  readonly userBridge?: string | undefined;
  /** The directory of each libvirt storage pool, by the pool's name. */
  readonly pools?: Readonly<Record<string, string>> | undefined;
}

/** What a host chooses for its HVM guests; other guests cannot have virtio-serial ports and are not affected. */
export interface HvmDefaults {
  /** The transport of virtio channels where the option is `auto` (default: pv-console). */
  readonly transport?: Transport['kind'] | undefined;
  /** The number of spare ports where the option is absent (default: 0). */
  readonly sparePorts?: number | undefined;
}

/** The options of reading and writing. */
export interface FormatOptions extends HostOptions {
  /** The Xen release that the xl.cfg is for (default: the latest). */
  readonly xen?: XenVersion | undefined;
  /** The libvirt release that the XML is for (default: the latest). */
  readonly libvirt?: LibvirtVersion | undefined;
  /** `2014`: write channels in the syntax of the first patch series, with `type=` instead of `connection=`. */
  readonly channelSyntax?: 'current' | '2014' | undefined;
  /**
   * How the guest sees its channels. `auto` (default): as the document specifies; a virtio channel of an HVM guest
   * gets the transport that docs/channels.md names.
   */
  readonly transport?: TransportOption | undefined;
  /**
   * The number of spare virtio-serial ports of an HVM guest (default: 0): channels that are attached to the running
   * guest take their places, so that it can still be saved and migrated.
   */
  readonly sparePorts?: number | undefined;
  readonly hvmDefaults?: HvmDefaults | undefined;
  /**
   * The architecture of the guest, if the document does not determine it: an xl.cfg does by an option that exists
   * on Arm only, a domain XML by `arch` of `<type>` (default: x86_64).
   */
  readonly arch?: Architecture | undefined;
  /**
   * XML to xl.cfg: write what xl cannot express as structured comments. xl.cfg to XML: preserve it in <metadata>
   * unless this is false.
   */
  readonly keep?: boolean | undefined;
  /** `libvirt`: XML with what libvirt adds when it defines a domain; `plain` (default): without. */
  readonly profile?: Profile | undefined;
  /**
   * Devices of the document to omit, each with a warning: `disk:vdc`, `interface:user`, `interface:MAC`,
   * `channel:NAME`, `hostdev`; `all`: each device that the target does not support. Applies to reading.
   * An invalid selector is a RangeError.
   */
  readonly drop?: readonly string[] | undefined;
  /** The maximum input size (default: 4 MiB), in UTF-16 units of a string or bytes of a Uint8Array. */
  readonly limit?: number | undefined;
}

/** 4 MiB: libvirt's own domain XML is below 100 KiB. */
export const defaultLimit = 4 * 1024 * 1024;
