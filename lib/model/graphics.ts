/** A display of the guest. */
export type Graphics = Vnc | Spice | Sdl;

export interface Vnc {
  readonly kind: 'vnc';
  /** The display number (the port minus 5900), or the next free one. */
  readonly display: number | 'free';
  /** The first display number to try; absent: 0. */
  readonly firstDisplay?: number;
  /** The document names no display and asks for no free one; `display` is 0 (profile `libvirt` only). */
  readonly isPortless?: true;
  /** Absent: loopback. */
  readonly listen?: string;
  /** The path of a Unix socket to listen on, in place of an address and a display number. */
  readonly socket?: string;
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
  /** Absent: no ticket is required. */
  readonly password?: string;
  readonly agentMouse?: boolean;
  /** The guest's SPICE agent has its channel: libvirt's spicevmc channel, xl's `spicevdagent`. */
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

/** The mouse and the clipboard use the agent's channel. */
export function needsAgent(spice: Spice): boolean {
  return spice.agentMouse === true || spice.clipboard === true;
}

export interface Sdl {
  readonly kind: 'sdl';
  readonly display?: string;
  readonly xauthority?: string;
}

/**
 * The listen address of a display that specifies none: libvirt's default, and that of libxl for VNC
 * (libxl_create.c).
 */
export const loopback = '127.0.0.1';

/** The listen address of QEMU if libxl specifies none, as for SPICE without `spicehost` (libxl_dm.c). */
export const everyAddress = '0.0.0.0';

/** The first port that libvirt assigns to a SPICE server. */
export const spiceBasePort = 5900;

/** The port of a VNC server's display 0. */
export const vncBasePort = 5900;

/** The highest display number with a valid port. */
export const maximumDisplay = 65535 - vncBasePort;

/** The video memory of each model in MiB: libxl's default, which is also the minimum (libxl_create.c). */
export const defaultVideoMemoryMiB: Readonly<Record<Video['model'], number>> = {
  cirrus: 8,
  stdvga: 16,
  qxl: 128,
  none: 0,
};

/** The video adapter of an HVM guest (xl.cfg(5): `vga`). */
export interface Video {
  readonly model: 'stdvga' | 'cirrus' | 'qxl' | 'none';
  /** Video memory in MiB; absent: the toolstack's default. */
  readonly memoryMiB?: number;
}
