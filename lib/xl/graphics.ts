import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import {
  needsAgent,
  spiceBasePort,
  type Graphics,
  type Sdl,
  type Spice,
  type Vnc,
} from '../model/graphics.js';
import type { Os } from '../model/os.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './syntax/reader.js';
import { readVfb, writeVfb } from './vfb.js';

/** HVM: VNC, SDL and SPICE are settings of their own. PV and PVH: the first `vfb`. */
export function readGraphics(xl: XlReader, os: Os, report: Report): readonly Graphics[] {
  if (os.type !== 'hvm') {
    const [first, ...others] = xl.list('vfb') ?? [];
    for (const atom of others) {
      report.add(
        'no-counterpart',
        'libvirt knows one framebuffer of a PV guest; this one is left out',
        atom.span,
      );
    }
    return first ? [readVfb(first, report)] : [];
  }
  const graphics: Graphics[] = [];
  if (xl.boolean('spice')) graphics.push(readSpice(xl));
  if (xl.boolean('vnc')) graphics.push(readVnc(xl));
  // xl's default is a VNC server: that there is none is something libvirt cannot say.
  else if (xl.has('vnc') && graphics.length === 0) xl.leave('vnc');
  if (xl.boolean('sdl')) graphics.push(readSdl(xl));
  return graphics;
}

function readVnc(xl: XlReader): Vnc {
  const [display, listen] = [xl.integer('vncdisplay'), xl.string('vnclisten')];
  const unused = xl.boolean('vncunused');
  const [, host = listen?.value, port] = /^(.*):([0-9]{1,5})$/.exec(listen?.value ?? '') ?? [];
  const number = display?.value ?? (port === undefined ? undefined : Number(port));
  const [password, keymap] = [xl.string('vncpasswd')?.value, xl.string('keymap')?.value];
  return withOrigin<Vnc>(
    {
      kind: 'vnc',
      // libxl looks for a free display unless told not to (libxl_create.c: vnc.findunused).
      display: unused === false ? (number ?? 0) : 'free',
      ...(host !== undefined && host !== '' && { listen: host }),
      ...(password !== undefined && password !== '' && { password }),
      ...(keymap !== undefined && { keymap }),
    },
    xl.keySpan('vnc'),
  );
}

function readSdl(xl: XlReader): Sdl {
  const [display, xauthority] = [xl.string('display')?.value, xl.string('xauthority')?.value];
  return withOrigin<Sdl>(
    {
      kind: 'sdl',
      ...(display !== undefined && { display }),
      ...(xauthority !== undefined && { xauthority }),
    },
    xl.keySpan('sdl'),
  );
}

function readSpice(xl: XlReader): Spice {
  const [port, tlsPort] = [xl.integer('spiceport')?.value, xl.integer('spicetls_port')?.value];
  const [listen, password] = [xl.string('spicehost')?.value, xl.string('spicepasswd')?.value];
  const open = xl.boolean('spicedisable_ticketing');
  const [agentMouse, clipboard, agent] = [
    xl.boolean('spiceagent_mouse'),
    xl.boolean('spice_clipboard_sharing'),
    xl.boolean('spicevdagent'),
  ];
  return withOrigin<Spice>(
    {
      kind: 'spice',
      ...(port !== undefined && port !== 0 && { port }),
      ...(tlsPort !== undefined && tlsPort !== 0 && { tlsPort }),
      ...(listen !== undefined && { listen }),
      ...(password !== undefined && open !== true && { password }),
      ...(agentMouse !== undefined && { agentMouse }),
      ...(clipboard !== undefined && { clipboard }),
      ...(agent !== undefined && { agent }),
    },
    xl.keySpan('spice'),
  );
}

/** Writes the graphics: one kind for PV; for HVM, SPICE may stand beside a VNC or SDL that comes first. */
export function writeGraphics(graphics: readonly Graphics[], os: Os, out: XlOutput, report: Report): void {
  const [first, ...others] = graphics;
  for (const other of others) {
    report.add(
      'no-counterpart',
      `a second display (${other.kind}) has no place; it is left out`,
      originOf(other),
    );
  }
  if (!first) return;
  if (os.type !== 'hvm') {
    if (first.kind === 'spice') {
      report.add('no-counterpart', 'SPICE is for HVM guests; it is left out', originOf(first), 'use VNC');
    } else {
      writeVfb(first, out, report);
    }
    return;
  }
  switch (first.kind) {
    case 'vnc':
      out.set('sdl', 0);
      out.set('vnc', 1);
      out.set('vncunused', first.display === 'free');
      if (first.display !== 'free') out.set('vncdisplay', first.display);
      out.set('vnclisten', first.listen, originOf(first, 'listen'));
      out.set('vncpasswd', first.password, originOf(first, 'password'));
      out.set('keymap', first.keymap, originOf(first, 'keymap'));
      break;
    case 'sdl':
      out.set('sdl', 1);
      out.set('vnc', 0);
      out.set('display', first.display, originOf(first, 'display'));
      out.set('xauthority', first.xauthority, originOf(first, 'xauthority'));
      break;
    case 'spice':
      writeSpice(first, out, report);
  }
}

function writeSpice(spice: Spice, out: XlOutput, report: Report): void {
  out.set('sdl', 0);
  out.set('vnc', 0);
  out.set('spice', 1);
  out.set('spicehost', spice.listen, originOf(spice, 'listen'));
  out.set('spiceport', spice.port ?? (spice.tlsPort === undefined ? choosePort(spice, report) : 0));
  out.set('spicetls_port', spice.tlsPort ?? 0);
  out.set('spicedisable_ticketing', spice.password === undefined);
  out.set('spicepasswd', spice.password, originOf(spice, 'password'));
  out.set('spiceagent_mouse', spice.agentMouse);
  if (needsAgent(spice)) out.set('spicevdagent', 1);
  else out.set('spicevdagent', spice.agent);
  out.set('spice_clipboard_sharing', spice.clipboard);
}

/** libxl refuses SPICE without a port; libvirt would find a free one at start. */
function choosePort(spice: Spice, report: Report): number {
  const message = `libxl cannot choose a port for SPICE; ${spiceBasePort} is taken`;
  report.add('spice-port', message, originOf(spice), 'give each guest of a host a port of its own');
  return spiceBasePort;
}
