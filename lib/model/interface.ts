/** What a network interface is plugged into. */
export type InterfaceSource =
  | { readonly kind: 'bridge'; readonly bridge: string }
  /** Nothing but a script: routed, NATed or wired by hand. */
  | { readonly kind: 'ethernet' }
  /** A network that libvirt manages; its bridge stands in the XML of a running domain only. */
  | { readonly kind: 'network'; readonly network: string; readonly bridge?: string };

/** Names that the toolstacks give to the host's side by themselves; libvirt takes them from no document. */
export const generatedDevice = /^(?:vif[0-9]+\.[0-9]+(?:-emu)?|vnet[0-9]+)$/;

/** Whether a MAC address is one that a card can have. */
export const isUnicast = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0;

export interface Interface {
  readonly source: InterfaceSource;
  /** Lower case, with colons; absent: the toolstack makes one. */
  readonly mac?: string;
  /** An emulated card such as `e1000`, or `netfront` for Xen's paravirtual one alone. */
  readonly model?: string;
  /** The hotplug script in /etc/xen/scripts; absent: the toolstack's own choice. */
  readonly script?: string;
  /** The name of the device in dom0. */
  readonly device?: string;
  /** IPv4 or IPv6, each with a prefix length after `/` if one was given. */
  readonly addresses: readonly string[];
  /** The most that the guest may send, in kilobytes a second. */
  readonly outboundKBps?: number;
  /** Parameters that only xl knows, as it writes them: `mtu=9000`, `untrusted`. */
  readonly xlParameters?: readonly string[];
}
