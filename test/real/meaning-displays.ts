/** Displays in libxl's terms: libxl_vnc_info, libxl_sdl_info and libxl_spice_info. */
import type { Graphics, Sdl, Spice, Vnc } from '../../lib/index.js';
import type { Json, JsonObject } from './json.js';

/**
 * The displays of an HVM guest, at most one of each kind. Without a display, xl would start a VNC server.
 *
 * @param redirections the number of USB devices that a SPICE client can redirect
 */
export function displaysOf(screens: readonly Graphics[], redirections: number): JsonObject {
  const [vnc, sdl, spice] = [
    screens.find((screen) => screen.kind === 'vnc'),
    screens.find((screen) => screen.kind === 'sdl'),
    screens.find((screen) => screen.kind === 'spice'),
  ];
  const on = (screen: Graphics | undefined): Json => (screen ? 'True' : screens.length > 0 ? 'False' : null);
  return {
    vnc: { enable: vnc ? 'True' : 'False', ...(vnc && vncOf(vnc)) },
    sdl: { enable: on(sdl), ...(sdl && sdlOf(sdl)) },
    spice: spice
      ? { ...spiceOf(spice), usbredirection: Math.min(redirections, 4) || null }
      : { enable: null },
    keymap: vnc?.keymap ?? null,
  };
}

/** The listen address of a display without one: libvirt's default, which is not more open than others. */
const loopback = '127.0.0.1';

/** An IPv6 address is in brackets, followed by the display: xl reads every other colon as a separator. */
export function vncOf(vnc: Vnc): JsonObject {
  if (vnc.socket !== undefined) {
    return { findunused: 'False', display: null, listen: `unix:${vnc.socket}`, passwd: vnc.password ?? null };
  }
  const display = (vnc.display === 'free' ? vnc.firstDisplay : vnc.display) ?? 0;
  const v6 = vnc.listen?.includes(':') === true;
  return {
    findunused: vnc.display === 'free' ? 'True' : 'False',
    display: v6 ? null : display || null,
    listen: v6 ? `[${vnc.listen ?? ''}]:${display}` : (vnc.listen ?? loopback),
    passwd: vnc.password ?? null,
  };
}

export const sdlOf = (sdl: Sdl): JsonObject => ({
  display: sdl.display ?? null,
  xauthority: sdl.xauthority ?? null,
});

function spiceOf(spice: Spice): JsonObject {
  const { port, tlsPort, agentMouse, clipboard, agent } = spice;
  const defbool = (value: boolean | undefined): Json =>
    value === undefined ? null : value ? 'True' : 'False';
  // libxl rejects SPICE without any port (libxl_dm.c: dm_spice_options).
  const anyPort = port ?? (tlsPort === undefined ? 5900 : null);
  return {
    enable: 'True',
    port: anyPort,
    tls_port: tlsPort ?? null,
    host: spice.listen ?? loopback,
    disable_ticketing: defbool(spice.password === undefined),
    passwd: spice.password ?? null,
    agent_mouse: defbool(agentMouse),
    clipboard_sharing: defbool(clipboard || undefined),
    // Both require the agent's channel.
    vdagent: agentMouse === true || clipboard === true ? 'True' : defbool(agent),
  };
}
