/** How the guest's screen is seen. */
export type Graphics = Vnc | Spice | Sdl;

export interface Vnc {
  readonly kind: 'vnc';
  /** The display number (the port less 5900), or the next free one. */
  readonly display: number | 'free';
  /** Where the search for a free one begins; absent: at 0. */
  readonly firstDisplay?: number;
  /** Absent: loopback. */
  readonly listen?: string;
  readonly password?: string;
  readonly keymap?: string;
}

export interface Spice {
  readonly kind: 'spice';
  /** TCP ports; absent: none, or the server's choice. */
  readonly port?: number;
  readonly tlsPort?: number;
  /** Absent: loopback. */
  readonly listen?: string;
  /** Absent: no ticket is asked for. */
  readonly password?: string;
  readonly agentMouse?: boolean;
  /** The guest's SPICE agent is offered its channel: libvirt's spicevmc channel, xl's `spicevdagent`. */
  readonly agent?: boolean;
  readonly clipboard?: boolean;
  readonly imageCompression?: ImageCompression;
  readonly streaming?: Streaming;
}

/** How SPICE sends images, and which of them it sends as video: the words of QEMU's `-spice`, of libvirt and of xl. */
export const imageCompressions = ['auto_glz', 'auto_lz', 'quic', 'glz', 'lz', 'off'] as const;
export const streamings = ['filter', 'all', 'off'] as const;
export type ImageCompression = (typeof imageCompressions)[number];
export type Streaming = (typeof streamings)[number];

/** The mouse and the clipboard travel over the agent's channel. */
export function needsAgent(spice: Spice): boolean {
  return spice.agentMouse === true || spice.clipboard === true;
}

export interface Sdl {
  readonly kind: 'sdl';
  readonly display?: string;
  readonly xauthority?: string;
}

/** Where a display listens that names no address: libvirt's default, and that of libxl for VNC (libxl_create.c). */
export const loopback = '127.0.0.1';

/** Where QEMU listens if libxl gives it no address, as for SPICE without `spicehost` (libxl_dm.c). */
export const everyAddress = '0.0.0.0';

/** The first port that libvirt gives to a SPICE server. */
export const spiceBasePort = 5900;

/** The port of a VNC server's display 0. */
export const vncBasePort = 5900;

/** The display of the highest port that there is. */
export const maximumDisplay = 65535 - vncBasePort;

/** The video memory that libxl gives each model without being asked, in MiB, and the least that it takes (libxl_create.c). */
export const defaultVideoMemoryMiB: Readonly<Record<Video['model'], number>> = {
  cirrus: 8,
  stdvga: 16,
  qxl: 128,
  none: 0,
};

/** The adapter that an HVM guest sees (xl.cfg(5): `vga`). */
export interface Video {
  readonly model: 'stdvga' | 'cirrus' | 'qxl' | 'none';
  /** Video memory in MiB; absent: the toolstack's default. */
  readonly memoryMiB?: number;
}
