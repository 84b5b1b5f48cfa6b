import type { Format } from '../lib/convert.js';
import type { HvmDefaults } from '../lib/document/options.js';
import type { TransportOption } from '../lib/document/transport.js';
import type { DomId } from '../lib/realize/domid.js';

/** The document whose channels are attached, and how they are. */
export interface ChannelOptions {
  readonly file: string;
  readonly from: Format | undefined;
  readonly transport: TransportOption | undefined;
  readonly hvmDefaults?: HvmDefaults;
  readonly maxInputSize: number;
  readonly socketMode: string | undefined;
  readonly socketOwner: string | undefined;
  readonly ringBuffer: number | undefined;
  readonly backend: string;
  readonly json: boolean;
}

/** The host, and the domain on it. */
export interface HostOptions {
  readonly domain: string;
  readonly runtimeDir: string;
  readonly qmpDir: string;
  readonly qemu: string | undefined;
  readonly lockTimeout: number;
  readonly verbose: boolean;
  readonly json: boolean;
}

export interface AttachOptions extends ChannelOptions, HostOptions {
  readonly foreground: boolean;
  readonly allowUnsaved: boolean;
  readonly persistent: boolean;
  readonly documents: string;
}

export interface DetachOptions extends HostOptions {
  readonly persistent: boolean;
  readonly documents: string;
  readonly names: readonly string[];
  readonly unsavedPorts: boolean;
}

export interface PlanOptions extends ChannelOptions {
  readonly domid: DomId;
  readonly backendDomain: ReadonlyMap<string, DomId>;
  readonly script: boolean;
  readonly diagram: boolean;
}
