import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import { omitUndefined } from '../language/omit-undefined.js';
import type { Sdl, Vnc } from '../model/graphics.js';
import type { XlOutput } from './output.js';
import { parameterOf, splitAtCommas } from './parameters.js';
import type { XlAtom } from '../xl-syntax/ast.js';
import { vncOf, writeListen } from './vnc.js';

/**
 * Reads one entry of `vfb = [ ... ]`, the framebuffer of a PV guest. It is a VNC server unless told otherwise, and an
 * SDL window beside it if it is told so (libxl: libxl__device_vfb_setdefault); libvirt has one of the two.
 */
export function readVfb(atom: XlAtom, report: Report, options: FormatOptions = {}): Vnc | Sdl {
  const values = new Map<string, string>();
  for (const piece of splitAtCommas(atom)) {
    const parameter = parameterOf(piece);
    if (!parameter) {
      report.add('xl-ignored', 'xl stops reading the vfb here: this is not KEY=VALUE', piece.span);
      break;
    }
    if (parameter.key === 'opengl') {
      report.add('unsupported', 'libvirt cannot express OpenGL for SDL here', piece.span);
    } else if (!vfbKeys.has(parameter.key)) {
      report.add('xl-ignored', `xl ignores the unknown vfb parameter '${parameter.key}'`, piece.span);
    }
    values.set(parameter.key, parameter.value);
  }
  const isOn = (key: string): boolean | undefined => {
    const value = values.get(key);
    return value === undefined ? undefined : Number.parseInt(value, 10) !== 0;
  };
  const text = (key: string, as = key): Record<string, string> => {
    const value = values.get(key);
    return value === undefined || value === '' ? {} : { [as]: value };
  };
  if (isOn('sdl') && (isOn('vnc') === false || (isLibvirts(options) && isOn('vnc') === undefined))) {
    return withOrigin<Sdl>({ kind: 'sdl', ...text('display'), ...text('xauthority') }, atom.span);
  }
  if (isOn('sdl')) {
    const message = 'SDL omitted: to libvirt a framebuffer is VNC or SDL, and VNC is on unless vnc=0';
    report.add('unsupported', message, atom.span, 'add vnc=0 to keep SDL alone');
  }
  const display = values.get('vncdisplay');
  const vnc = vncOf(
    {
      listen: values.get('vnclisten'),
      display: display === undefined ? undefined : Number.parseInt(display, 10) || 0,
      // To libvirt's converter, xl's default is not there.
      findUnused: isLibvirts(options) ? values.get('vncunused') === '1' : isOn('vncunused'),
      password: values.get('vncpasswd'),
      keymap: values.get('keymap'),
    },
    atom.span,
    report,
    options,
  );
  const isPortless = isLibvirts(options) && vnc.display !== 'free' && display === undefined;
  return withOrigin<Vnc>(omitUndefined({ ...vnc, isPortless: isPortless || undefined }), atom.span);
}

/** `type` is libvirt's own; xl ignores it. */
const vfbKeys: ReadonlySet<string> = new Set([
  'type',
  'vnc',
  'vnclisten',
  'vncpasswd',
  'vncdisplay',
  'vncunused',
  'keymap',
  'sdl',
  'display',
  'xauthority',
]);

/** Writes an entry. libvirt reads `type`, xl reads `vnc` and `sdl`: both are written. */
export function writeVfb(graphics: Vnc | Sdl, out: XlOutput, report: Report): void {
  const listen = graphics.kind === 'vnc' ? writeListen(graphics, report) : {};
  const parts =
    graphics.kind === 'sdl'
      ? [
          'type=sdl',
          'sdl=1',
          'vnc=0',
          ...named('display', graphics.display),
          ...named('xauthority', graphics.xauthority),
        ]
      : [
          'type=vnc',
          `vncunused=${graphics.display === 'free' ? 1 : 0}`,
          ...named('vncdisplay', listen.display?.toString()),
          ...named('vnclisten', listen.listen),
          ...named('vncpasswd', graphics.password),
          ...named('keymap', graphics.keymap),
        ];
  const bad = parts.find((part) => part.includes(','));
  if (bad === undefined) out.append('vfb', parts.join(','), originOf(graphics));
  else {
    const key = bad.slice(0, bad.indexOf('='));
    report.add(
      'xl-unrepresentable',
      `vfb: '${key}' contains a comma, which xl.cfg cannot escape here`,
      originOf(graphics),
    );
  }
}

const named = (key: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [`${key}=${value}`];
