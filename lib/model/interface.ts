/** What a network interface is connected to. */
export type InterfaceSource =
  | {
      readonly kind: 'bridge';
      readonly bridge: string;
      readonly openvswitch?: OpenvswitchPort;
      /** The document names no bridge, and `bridge` is empty (profile `libvirt` only). */
      readonly isUnnamed?: true;
    }
  /** Nothing but a script: routed, NATed or wired by hand. */
  | { readonly kind: 'ethernet' }
  /** A network that libvirt manages; only the XML of a running domain contains its bridge. */
  | {
      readonly kind: 'network';
      readonly network: string;
      readonly bridge?: string;
      readonly openvswitch?: OpenvswitchPort;
    }
  /** QEMU's own network stack in a process of the user (SLIRP or passt), which Xen does not have. */
  | { readonly kind: 'user' };

/** How an interface is connected to a bridge of Open vSwitch. */
export interface OpenvswitchPort {
  /** Access: the untagged VLAN of the guest, if any. Trunk: the VLANs whose tagged packets reach it. */
  readonly mode: 'access' | 'trunk';
  readonly vlans: readonly number[];
}

/** The default script that connects an interface to its bridge. */
export const usualScript = (source: InterfaceSource): string =>
  'openvswitch' in source ? 'vif-openvswitch' : 'vif-bridge';

/** Names that the toolstacks generate for the host's side; libvirt ignores them in a document. */
export const generatedDevice = /^(?:vif[0-9]+\.[0-9]+(?:-emu)?|vnet[0-9]+)$/;

/** Whether a MAC address is valid for an interface. */
export const isUnicast = (mac: string): boolean => (Number.parseInt(mac.slice(0, 2), 16) & 1) === 0;

export interface Interface {
  readonly source: InterfaceSource;
  /** Lower case, with colons; absent: the toolstack generates one. */
  readonly mac?: string;
  /** An emulated card such as `e1000`, or `netfront` for Xen's paravirtual interface only. */
  readonly model?: string;
  /** The hotplug script in /etc/xen/scripts; absent: the toolstack's default. */
  readonly script?: string;
  /** The name of the interface in dom0. */
  readonly device?: string;
  /** IPv4 or IPv6, each with a prefix length after `/` if one was specified. */
  readonly addresses: readonly string[];
  /** The maximum outbound rate, in kilobytes per second. */
  readonly outboundKBps?: number;
  /** The MTU in bytes; absent: that of the bridge. */
  readonly mtu?: number;
  /** The domain that serves it, by name or id; dom0 if absent. */
  readonly backendDomain?: string;
  /** Parameters that only xl has, in its syntax: `untrusted`, `forwarddev=eth0`. */
  readonly xlParameters?: readonly string[];
}

/** libxl's default bridge (libxl_nic.c). */
export const defaultBridge = 'xenbr0';
