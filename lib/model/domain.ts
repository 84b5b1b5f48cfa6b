import type { Channel } from './channel.js';
import type { Clock } from './clock.js';
import type { UsbController } from './controller.js';
import type { Cpu } from './cpu.js';
import type { Disk } from './disk.js';
import type { Features } from './features.js';
import type { Graphics, Video } from './graphics.js';
import type { Hostdev } from './hostdev.js';
import type { Input } from './input.js';
import type { Interface } from './interface.js';
import type { Preserved } from './preserved.js';
import type { Lifecycle } from './lifecycle.js';
import type { Memory } from './memory.js';
import type { NumaNode } from './numa.js';
import type { Os } from './os.js';
import type { Parallel } from './parallel.js';
import type { Redirection } from './redirection.js';
import type { SecurityLabel } from './security-label.js';
import type { Serial } from './serial.js';
import type { SleepStates } from './sleep-states.js';
import type { SmbiosString } from './smbios.js';
import type { Sound } from './sound.js';
import type { Vcpus } from './vcpus.js';
import type { Xenbus } from './xenbus.js';

export type * from './channel.js';
export type * from './clock.js';
export type * from './connection.js';
export type * from './controller.js';
export type * from './cpu.js';
export type * from './disk.js';
export type * from './features.js';
export type * from './graphics.js';
export type * from './hostdev.js';
export type * from './input.js';
export type * from './interface.js';
export type * from './preserved.js';
export type * from './lifecycle.js';
export type * from './memory.js';
export type * from './numa.js';
export type * from './os.js';
export type * from './parallel.js';
export type * from './redirection.js';
export type * from './security-label.js';
export type * from './serial.js';
export type * from './sleep-states.js';
export type * from './smbios.js';
export type * from './sound.js';
export type * from './vcpus.js';
export type * from './xenbus.js';

/** A TPM whose backend is another domain: vtpm-stubdom, or the manager of all vTPMs (xen-vtpm(7)). */
export interface Vtpm {
  /** By name or ID. */
  readonly backendDomain: string;
  /** Lower case, with hyphens; absent: libxl generates one at each start. */
  readonly uuid?: string;
}

/** A domain, independent of the formats. Plain data; a program can build one itself. */
export interface Domain {
  /** The hypervisor that the document was written for. A KVM domain is converted to Xen before it is written. */
  readonly hypervisor: 'xen' | 'kvm';
  readonly name: string;
  /** Lower case, with hyphens; absent: the toolstack generates one. */
  readonly uuid?: string;
  readonly memory: Memory;
  readonly vcpus: Vcpus;
  readonly os: Os;
  readonly features: Features;
  readonly cpu?: Cpu;
  /** The NUMA nodes that the guest sees; absent: one. */
  readonly numa?: readonly NumaNode[];
  readonly clock: Clock;
  readonly lifecycle: Lifecycle;
  /** HVM only; absent: the toolstack's defaults, for both. */
  readonly sleepStates?: SleepStates;
  /** HVM only; absent: Xen's default. */
  readonly smbios?: readonly SmbiosString[];
  /** The device model's program; absent: the toolstack's. */
  readonly emulator?: string;
  readonly disks: readonly Disk[];
  readonly interfaces: readonly Interface[];
  readonly serials: readonly Serial[];
  readonly parallels: readonly Parallel[];
  readonly channels: readonly Channel[];
  readonly inputs: readonly Input[];
  readonly graphics: readonly Graphics[];
  readonly video?: Video;
  readonly xenbus?: Xenbus;
  readonly sounds: readonly Sound[];
  readonly hostdevs: readonly Hostdev[];
  readonly usbControllers: readonly UsbController[];
  readonly redirections: readonly Redirection[];
  /** Absent: none. */
  readonly vtpms?: readonly Vtpm[];
  /** Absent: the default of the policy. */
  readonly securityLabel?: SecurityLabel;
  /** Further arguments of the device model. */
  readonly deviceModelArguments: readonly string[];
  readonly preserved: Preserved;
}
