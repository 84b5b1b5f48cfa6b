import type { Architecture } from '../model/architecture.js';

/** Releases of Xen whose xl the output can be written for. */
export const xenVersions = ['4.17', '4.18', '4.19', '4.20', '4.21'] as const;
export type XenVersion = (typeof xenVersions)[number];
export const newestXen = '4.21' satisfies XenVersion;

/** Releases of libvirt whose Xen driver the XML can be written for: those of Debian 12 and 13. */
export const libvirtVersions = ['9.0', '11.3'] as const;
export type LibvirtVersion = (typeof libvirtVersions)[number];
export const newestLibvirt = '11.3' satisfies LibvirtVersion;

export const profiles = ['plain', 'libvirt'] as const;
export type Profile = (typeof profiles)[number];

/** What the host knows and no document specifies; the same for conversion, adaptation and hooks. */
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

/** What can be chosen about reading and writing. */
export interface FormatOptions extends HostOptions {
  /** The Xen that the xl.cfg is for; absent: the newest. */
  readonly xen?: XenVersion | undefined;
  /** The libvirt that the XML is for; absent: the newest. */
  readonly libvirt?: LibvirtVersion | undefined;
  /** `2014`: write channels as the first patch series had them, `type=` in place of `connection=`. */
  readonly channelSyntax?: 'current' | '2014' | undefined;
  /**
   * The architecture of the guest, where the document does not determine it: an xl.cfg does by an option
   * that exists on Arm only, a domain XML by `arch` of `<type>`. Absent: x86_64.
   */
  readonly arch?: Architecture | undefined;
  /** XML to xl.cfg: write what xl cannot say as structured comments. xl.cfg to XML keeps it in <metadata> unless this is false. */
  readonly keep?: boolean | undefined;
  /** `libvirt`: XML with what libvirt adds when it defines a domain; `plain`, if absent: without. */
  readonly profile?: Profile | undefined;
  /**
   * Devices of the document to omit, each with a warning: `disk:vdc`, `interface:user`, `interface:MAC`,
   * `channel:NAME`, `hostdev`; `all`: each device that the target does not support. Applies to reading.
   * An invalid selector is a RangeError.
   */
  readonly drop?: readonly string[] | undefined;
  /** Refuse documents larger than this; 4 MiB if absent. In UTF-16 units of a string, bytes of a Uint8Array. */
  readonly limit?: number | undefined;
}

/** 4 MiB: libvirt's own domain XML is below 100 KiB. */
export const defaultLimit = 4 * 1024 * 1024;
