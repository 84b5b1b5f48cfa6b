import { hvm, type OptionTable } from './option.js';
import { vdispl, vkb } from './syntax.js';
import { vsnd } from './vsnd.js';

/** A PV guest has them with `vnc=1` and without a `vfb`. */
const screen = ['pv', 'hvm'] as const;

/** Display, sound and input devices. */
export const displayOptions = {
  vnc: { type: 'boolean', guests: screen, example: '1' },
  vnclisten: { type: 'string', guests: screen, example: '"0.0.0.0"', display: 'vnc', default: '127.0.0.1' },
  vncdisplay: { type: 'integer', guests: screen, example: '5', display: 'vnc' },
  vncunused: { type: 'boolean', guests: screen, example: '0', display: 'vnc', default: '1' },
  vncpasswd: { type: 'string', guests: screen, example: '"secret"', display: 'vnc' },
  vncviewer: { type: 'integer', example: '1', obsolete: 'prints that it ignores it' },
  keymap: { type: 'string', guests: screen, example: '"de"' },
  sdl: { type: 'boolean', guests: screen, example: '1', default: '0' },
  opengl: { type: 'boolean', guests: screen, example: '1', display: 'sdl', default: '0' },
  display: { type: 'string', guests: screen, example: '":0"', display: 'sdl' },
  xauthority: {
    type: 'string',
    guests: screen,
    example: '"/root/.Xauthority"',
    display: 'sdl',
  },
  nographic: { type: 'boolean', guests: hvm, example: '1', default: '0' },
  vfb: { type: 'list', example: '[ "vnc=1,vncunused=1" ]' },
  vkb: { type: 'list', syntax: vkb, example: '[ "backend-type=qemu,feature-abs-pointer=1" ]' },
  vkb_device: { type: 'boolean', guests: hvm, example: '0', default: '1' },
  vdispl: { type: 'list', syntax: vdispl, example: '[ "connectors=id0:1920x1080;id1:800x600" ]' },
  vsnd: {
    type: 'list of lists',
    syntax: vsnd,
    example: '[ [ "card,short-name=Main", "pcm,name=out", "stream,type=p" ] ]',
  },
  soundhw: { type: 'string', guests: hvm, example: '"ac97"' },

  vga: {
    type: 'string',
    guests: hvm,
    values: ['stdvga', 'cirrus', 'none', 'qxl'],
    example: '"stdvga"',
  },
  stdvga: { type: 'boolean', guests: hvm, example: '1' },
  videoram: { type: 'integer', example: '32' },

  spice: { type: 'boolean', guests: hvm, example: '1' },
  spiceport: { type: 'integer', guests: hvm, example: '5930', display: 'spice' },
  spicetls_port: { type: 'integer', guests: hvm, example: '5931', display: 'spice' },
  spicehost: { type: 'string', guests: hvm, example: '"127.0.0.1"', display: 'spice' },
  spicedisable_ticketing: { type: 'boolean', guests: hvm, example: '0', display: 'spice' },
  spicepasswd: { type: 'string', guests: hvm, example: '"secret"', display: 'spice' },
  spiceagent_mouse: { type: 'boolean', guests: hvm, example: '0', display: 'spice' },
  spicevdagent: { type: 'boolean', guests: hvm, example: '1', display: 'spice' },
  spice_clipboard_sharing: {
    type: 'boolean',
    guests: hvm,
    example: '1',
    display: 'spice',
  },
  spiceusbredirection: { type: 'integer', guests: hvm, example: '4', display: 'spice', default: '0' },
  spice_image_compression: { type: 'string', guests: hvm, example: '"lz"', display: 'spice' },
  spice_streaming_video: { type: 'string', guests: hvm, example: '"filter"', display: 'spice' },
} as const satisfies OptionTable;
