import { hvm, type OptionTable } from './option.js';
import { vdispl, vkb } from './syntax.js';
import { vsnd } from './vsnd.js';

/** A PV guest has them with `vnc=1` and without a `vfb`. */
const screen = ['pv', 'hvm'] as const;

/** Display, sound and input devices. */
export const displayOptions = {
  vnc: { type: 'boolean', guests: screen, example: '1' },
  vnclisten: { type: 'string', display: 'vnc', guests: screen, default: '127.0.0.1', example: '"0.0.0.0"' },
  vncdisplay: { type: 'integer', display: 'vnc', guests: screen, example: '5' },
  vncunused: { type: 'boolean', display: 'vnc', guests: screen, default: '1', example: '0' },
  vncpasswd: { type: 'string', display: 'vnc', guests: screen, example: '"secret"' },
  vncviewer: { type: 'integer', example: '1', obsolete: 'prints that it ignores it' },
  keymap: { type: 'string', guests: screen, example: '"de"' },
  sdl: { type: 'boolean', guests: screen, default: '0', example: '1' },
  opengl: { type: 'boolean', display: 'sdl', guests: screen, default: '0', example: '1' },
  display: { type: 'string', display: 'sdl', guests: screen, example: '":0"' },
  xauthority: {
    type: 'string',
    display: 'sdl',
    guests: screen,
    example: '"/root/.Xauthority"',
  },
  nographic: { type: 'boolean', guests: hvm, default: '0', example: '1' },
  vfb: { type: 'list', example: '[ "vnc=1,vncunused=1" ]' },
  vkb: { type: 'list', syntax: vkb, example: '[ "backend-type=qemu,feature-abs-pointer=1" ]' },
  vkb_device: { type: 'boolean', guests: hvm, default: '1', example: '0' },
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
    default: 'cirrus',
    example: '"stdvga"',
  },
  stdvga: { type: 'boolean', guests: hvm, default: '0', example: '1' },
  videoram: { type: 'integer', example: '32' },

  spice: { type: 'boolean', guests: hvm, default: '0', example: '1' },
  spiceport: { type: 'integer', display: 'spice', guests: hvm, example: '5930' },
  spicetls_port: { type: 'integer', display: 'spice', guests: hvm, example: '5931' },
  spicehost: { type: 'string', display: 'spice', guests: hvm, example: '"127.0.0.1"' },
  spicedisable_ticketing: { type: 'boolean', display: 'spice', guests: hvm, example: '0' },
  spicepasswd: { type: 'string', display: 'spice', guests: hvm, example: '"secret"' },
  spiceagent_mouse: { type: 'boolean', display: 'spice', guests: hvm, default: '1', example: '0' },
  spicevdagent: { type: 'boolean', display: 'spice', guests: hvm, default: '0', example: '1' },
  spice_clipboard_sharing: {
    type: 'boolean',
    display: 'spice',
    guests: hvm,
    default: '0',
    example: '1',
  },
  spiceusbredirection: { type: 'integer', display: 'spice', guests: hvm, default: '0', example: '4' },
  spice_image_compression: { type: 'string', display: 'spice', guests: hvm, example: '"lz"' },
  spice_streaming_video: { type: 'string', display: 'spice', guests: hvm, example: '"filter"' },
} as const satisfies OptionTable;
