/** What a network interface is plugged into. */
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
  /** A network that libvirt manages; its bridge stands in the XML of a running domain only. */
  | { readonly kind: 'network'; readonly network: string; readonly bridge?: string }
  /** QEMU's own network stack in a process of the user (SLIRP or passt), which Xen has not. */
  | { readonly kind: 'user' };

/** How an interface is plugged into a bridge of Open vSwitch. */
export interface OpenvswitchPort {
  /** Access: the VLAN that the guest is in without knowing of it, if any. Trunk: those whose tagged packets reach it. */
  readonly mode: 'access' | 'trunk';
  readonly vlans: readonly number[];
}

/** The script that plugs an interface into its bridge if none is named. */
export const usualScript = (source: InterfaceSource): string =>
  source.kind === 'bridge' && source.openvswitch ? 'vif-openvswitch' : 'vif-bridge';

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
  /** The largest packet in bytes, without the Ethernet header; absent: the bridge's. */
  readonly mtu?: number;
  /** The domain that serves it, by name or id; dom0 if absent. */
  readonly backendDomain?: string;
  /** Parameters that only xl knows, as it writes them: `untrusted`, `forwarddev=eth0`. */
  readonly xlParameters?: readonly string[];
}

/** The bridge that libxl uses if none is named (libxl_nic.c). */
export const defaultBridge = 'xenbr0';
