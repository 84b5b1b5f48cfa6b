/** The managers whose requirements can be checked. */
export const checkedManagers = ['vdsm', 'cloudstack', 'libvirt'] as const;
export type CheckedManager = (typeof checkedManagers)[number];

/** What a manager needs of a Xen host, gathered by host/manager-facts.ts. Plain data. */
export interface ManagerFacts {
  readonly manager: CheckedManager;
  /** The files of the hook, and whether each exists and can be run. */
  readonly hooks: readonly {
    readonly path: string;
    readonly state: 'runnable' | 'not-runnable' | 'absent';
  }[];
  /** The driver of libvirt for Xen, and the release of its daemon. */
  readonly driver: { readonly path?: string; readonly version?: string };
  /** A socket of libvirt at which its Xen driver can be reached. */
  readonly libvirtSocket?: string;
  /** The host's libvirt according to the configuration file of virt2xen. */
  readonly configuredLibvirt?: string;
  /** The directory in which channels have their sockets. */
  readonly socketDirectory?: {
    readonly path: string;
    readonly found?: { readonly group: string; readonly mode: number };
  };
  /** Where the manager says which hypervisor it connects to. */
  readonly connection?: { readonly file: string; readonly uri?: string };
  /** Whether the device model can check VNC passwords; absent if that could not be determined. */
  readonly hasDes?: boolean;
}
