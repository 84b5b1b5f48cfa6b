import type { Report } from '../diagnostics/diagnostic.js';
import { derive, originOf, withOrigin } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts, unlessLibvirts } from '../document/profile.js';
import { omitUndefined } from '../language/omit-undefined.js';
import {
  everyAddress,
  imageCompressions,
  loopback,
  needsAgent,
  spiceBasePort,
  streamings,
  type Graphics,
  type Sdl,
  type Spice,
  type Vnc,
} from '../model/graphics.js';
import type { Os } from '../model/os.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';
import { readVfb, writeVfb } from './vfb.js';
import { vncOf, writeListen } from './vnc.js';
import type { SettingBlock, XlDescriptor } from './descriptor.js';

export const graphics: XlDescriptor<'graphics'> = {
  field: 'graphics',
  keys: {
    sdl: 'devices/graphics',
    vnc: 'devices/graphics',
    vncunused: 'devices/graphics/@autoport',
    vncdisplay: 'devices/graphics/@port',
    vnclisten: 'devices/graphics/@listen',
    vncpasswd: 'devices/graphics/@passwd',
    keymap: 'devices/graphics/@keymap',
    display: 'devices/graphics/@display',
    xauthority: 'devices/graphics/@xauth',
    vfb: 'devices/graphics',
  },
  placeholders: { sdl: 0, vnc: 0 },
  read: ({ xl, field, report, options }) => readGraphics(xl, field('os'), options, report),
  write: (value, { out, domain, report, options }) =>
    writeGraphics(value, domain.os, out, report, isLibvirts(options)),
};

/** With SPICE, libvirt writes all displays after the disks, and SDL and VNC with them. */
export const spiceSettings: SettingBlock<'graphics'> = {
  field: 'graphics',
  keys: {
    sdl: 'devices/graphics',
    vnc: 'devices/graphics',
    spice: 'devices/graphics',
    spicehost: 'devices/graphics/@listen',
    spiceport: 'devices/graphics/@port',
    spicetls_port: 'devices/graphics/@tlsPort',
    spicedisable_ticketing: 'devices/graphics/@passwd',
    spicepasswd: 'devices/graphics/@passwd',
    spiceagent_mouse: 'devices/graphics/mouse',
    spicevdagent: 'devices/graphics',
    spice_clipboard_sharing: 'devices/graphics/clipboard',
    spice_image_compression: 'devices/graphics/image/@compression',
    spice_streaming_video: 'devices/graphics/streaming/@mode',
  },
};

/**
 * HVM: VNC, SDL and SPICE have their own settings. PV and PVH: `vfb`. xl's defaults are read as if the
 * config contained them; libvirt's own reader ignores them (profile `libvirt`).
 */
function readGraphics(xl: XlReader, os: Os, options: FormatOptions, report: Report): readonly Graphics[] {
  const displays =
    os.type === 'hvm' ? readDisplays(xl, options, report) : readFramebuffers(xl, os, report, options);
  return isLibvirts(options) ? displays : displays.map(withAddress);
}

const isOnSocket = (display: Graphics): boolean => display.kind === 'vnc' && display.socket !== undefined;

function readDisplays(xl: XlReader, options: FormatOptions, report: Report): readonly Graphics[] {
  const sdl = xl.boolean('sdl') ? [readSdl(xl)] : [];
  const spice = xl.boolean('spice') ? [readSpice(xl, report, options)] : [];
  // libvirt's converter does not know of a default that the config does not name.
  const isOn = xl.boolean('vnc') ?? !isLibvirts(options);
  if (isOn && !xl.has('vnc')) {
    const beside =
      xl.keySpan(sdl.length > 0 ? 'sdl' : 'spice') ?? xl.keySpan('type') ?? xl.keySpan('builder');
    report.add('value-default', "xl's VNC server is on by default, unless vnc = 0", beside);
  }
  const vnc = isOn ? [readVnc(xl, report, options)] : [];
  return [...spice, ...vnc, ...sdl];
}

/**
 * VNC without an address listens on loopback (libxl_create.c); SPICE, on every address (libxl_dm.c passes none to
 * QEMU).
 */
function withAddress(display: Graphics): Graphics {
  if (display.kind === 'sdl' || display.listen !== undefined || isOnSocket(display)) return display;
  return derive<Graphics>(display, { listen: display.kind === 'vnc' ? loopback : everyAddress });
}

/** libvirt's converter reads the first one only (profile `libvirt`). */
function readFramebuffers(xl: XlReader, os: Os, report: Report, options: FormatOptions): readonly Graphics[] {
  // Beside a vfb, xl does not read the settings of HVM.
  const isOn = xl.boolean('vnc') === true;
  const all = xl.list('vfb') ?? [];
  const [first, second] = all;
  if (isLibvirts(options) && second) {
    const message = 'framebuffer omitted, as libvirt does: it reads the first one only';
    report.add('unsupported', message, second.span);
  }
  if (first) return (isLibvirts(options) ? [first] : all).map((atom) => readVfb(atom, report, options));
  // A PV guest without a vfb takes the settings of HVM (xl_parse.c).
  return os.type === 'pv' && isOn ? [readVnc(xl, report, options)] : [];
}

function readVnc(xl: XlReader, report: Report, options: FormatOptions): Vnc {
  const span = xl.keySpan('vncdisplay') ?? xl.keySpan('vnc');
  const vnc = vncOf(
    {
      listen: xl.string('vnclisten')?.value,
      display: xl.integer('vncdisplay')?.value,
      findUnused: xl.boolean('vncunused'),
      password: xl.string('vncpasswd')?.value,
      keymap: xl.string('keymap')?.value,
    },
    span,
    report,
    options,
  );
  return withOrigin(vnc, xl.keySpan('vnc'));
}

function readSdl(xl: XlReader): Sdl {
  const [display, xauthority] = [xl.string('display')?.value, xl.string('xauthority')?.value];
  return withOrigin<Sdl>(
    omitUndefined({
      kind: 'sdl',
      display,
      xauthority,
    }),
    xl.keySpan('sdl'),
  );
}

/** libxl passes any number to QEMU, which rejects an invalid port. */
function readPort(xl: XlReader, key: string, report: Report): number | undefined {
  const found = xl.integer(key);
  if (found && (found.value < 0 || found.value > 65535)) {
    report.add('value-invalid', `${key}: ${found.value} is not a port`, found.span);
  }
  return found?.value;
}

/** One of QEMU's words; libvirt's own reader does not know the setting (profile `libvirt`). */
function readWord<Word extends string>(
  xl: XlReader,
  key: string,
  words: readonly Word[],
  report: Report,
): Word | undefined {
  const found = xl.string(key);
  const word = words.find((known) => known === found?.value);
  if (found && word === undefined) {
    const message = `${key}: QEMU rejects '${found.value}'`;
    report.add('value-invalid', message, found.span, `use one of ${words.join(', ')}`);
  }
  return word;
}

function readSpice(xl: XlReader, report: Report, options: FormatOptions): Spice {
  const [port, tlsPort] = [readPort(xl, 'spiceport', report), readPort(xl, 'spicetls_port', report)];
  const [listen, password] = [xl.string('spicehost')?.value, xl.string('spicepasswd')?.value];
  const open = xl.boolean('spicedisable_ticketing');
  if (!open && (password === undefined || password === '')) {
    const hint = 'give spicepasswd, or spicedisable_ticketing = 1';
    report.add('value-missing', 'SPICE requires a password', xl.keySpan('spice'), hint);
  }
  if (!port && !tlsPort) {
    const code = unlessLibvirts('value-missing', options);
    report.add(code, 'SPICE requires a port', xl.keySpan('spice'), 'give spiceport');
  }
  const [agentMouse, clipboard, agent] = [
    xl.boolean('spiceagent_mouse'),
    xl.boolean('spice_clipboard_sharing'),
    xl.boolean('spicevdagent'),
  ];
  const isPlain = !isLibvirts(options);
  const compression = isPlain && readWord(xl, 'spice_image_compression', imageCompressions, report);
  const streaming = isPlain && readWord(xl, 'spice_streaming_video', streamings, report);
  return withOrigin<Spice>(
    omitUndefined({
      kind: 'spice',
      port: port === 0 ? undefined : port,
      tlsPort: tlsPort === 0 ? undefined : tlsPort,
      listen: listen === undefined ? undefined : listen || everyAddress,
      password: open === true ? undefined : password,
      agentMouse,
      clipboard,
      agent,
      imageCompression: compression || undefined,
      streaming: streaming || undefined,
    }),
    xl.keySpan('spice'),
  );
}

/**
 * Writes the graphics: framebuffers for PV and PVH; for HVM, one of each kind. A display without an address is on
 * loopback, which is written: for SPICE, xl's default is every address.
 */
function writeGraphics(
  graphics: readonly Graphics[],
  os: Os,
  out: XlOutput,
  report: Report,
  forLibvirt: boolean,
): void {
  for (const display of graphics) {
    if (!('password' in display) || display.password !== '') continue;
    const message = 'empty password: libvirt rejects every client, xl would accept every client';
    report.add('value-invalid', message, originOf(display, 'password'), 'give a password, or remove it');
  }
  const written = new Set<string>();
  const addressed = <Display extends Graphics>(display: Display): Display =>
    display.kind === 'sdl' ||
    display.listen ||
    isOnSocket(display) ||
    (forLibvirt && (display.kind === 'vnc' || !hasPort(display)))
      ? display
      : (derive<Vnc | Spice>(display, { listen: loopback }) as Display);
  for (const display of graphics) {
    if (os.type !== 'hvm' && display.kind === 'spice') {
      report.add('unsupported', 'SPICE omitted: only HVM guests support it', originOf(display), 'use VNC');
    } else if (os.type === 'hvm' && written.has(display.kind)) {
      const message = `second display (${display.kind}) omitted: xl supports one of each kind for an HVM guest`;
      report.add('unsupported', message, originOf(display));
    } else {
      written.add(display.kind);
      if (os.type !== 'hvm' && display.kind !== 'spice') writeVfb(addressed(display), out, report);
      else writeDisplay(addressed(display), out, report, forLibvirt);
    }
  }
  // libvirt's own writer says nothing of the displays of a guest without any; xl then has VNC.
  if (os.type !== 'hvm' || (written.size === 0 && forLibvirt)) return;
  if (written.size > 0) out.set('sdl', written.has('sdl'));
  out.set('vnc', written.has('vnc'));
}

function writeDisplay(display: Graphics, out: XlOutput, report: Report, forLibvirt: boolean): void {
  switch (display.kind) {
    case 'vnc': {
      const listen = writeListen(display, report);
      out.set('vncunused', display.display === 'free');
      out.set('vncdisplay', listen.display);
      out.set('vnclisten', listen.listen, originOf(display, 'listen'));
      out.set('vncpasswd', display.password, originOf(display, 'password'));
      out.set('keymap', display.keymap, originOf(display, 'keymap'));
      break;
    }
    case 'sdl':
      out.set('display', display.display, originOf(display, 'display'));
      out.set('xauthority', display.xauthority, originOf(display, 'xauthority'));
      break;
    case 'spice':
      writeSpice(display, out, report, forLibvirt);
  }
}

const hasPort = ({ port, tlsPort }: Spice): boolean => port !== undefined || tlsPort !== undefined;

function writeSpice(spice: Spice, out: XlOutput, report: Report, forLibvirt: boolean): void {
  out.set('spice', 1);
  out.set('spicehost', spice.listen, originOf(spice, 'listen'));
  out.set('spiceport', spice.port ?? (hasPort(spice) ? 0 : choosePort(spice, report, forLibvirt)));
  out.set('spicetls_port', spice.tlsPort ?? 0);
  out.set('spicedisable_ticketing', spice.password === undefined);
  out.set('spicepasswd', spice.password, originOf(spice, 'password'));
  out.set('spiceagent_mouse', spice.agentMouse);
  if (needsAgent(spice)) out.set('spicevdagent', 1);
  else out.set('spicevdagent', spice.agent);
  // It is off by default, and libvirt expresses that by omitting it.
  out.set('spice_clipboard_sharing', spice.clipboard || undefined);
  out.set('spice_image_compression', spice.imageCompression);
  out.set('spice_streaming_video', spice.streaming);
}

/** libxl rejects SPICE without a port (libxl_dm.c); libvirt would find a free one at start, and writes 0. */
function choosePort(spice: Spice, report: Report, forLibvirt: boolean): number {
  if (forLibvirt) {
    const message = 'SPICE written without a port, as libvirt does: libxl rejects it';
    report.add('profile-libvirt', message, originOf(spice), 'specify the port');
    return 0;
  }
  const message = `libxl cannot choose a port for SPICE; ${spiceBasePort} is used`;
  report.add('spice-port', message, originOf(spice), 'give each guest of a host a port of its own');
  return spiceBasePort;
}
