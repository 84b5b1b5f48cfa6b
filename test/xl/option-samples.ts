import type { XlOption } from '../../lib/xl/options/option.js';

/** Settings by name, with their values as written in an xl.cfg. */
type Settings = Readonly<Record<string, string | undefined>>;

const spice = { spice: '1', spiceport: '5900', spicedisable_ticketing: '1' };
const withoutVnc = { sdl: '1', vnc: '0' };
const passedThrough = { pci: '[ "0000:01:10.0" ]' };

/** The settings that an option requires to have an effect; `undefined` removes a setting from the config. */
const companions: Readonly<Record<string, Settings>> = {
  builder: { type: undefined, kernel: undefined },
  root: { cmdline: undefined },
  extra: { cmdline: undefined },
  bootloader_args: { bootloader: '"pygrub"' },
  vnuma: { type: '"hvm"', kernel: undefined, vcpus: '1' },
  firmware: { kernel: undefined },
  acpi: { type: '"hvm"', kernel: undefined },
  hap: { type: '"hvm"', kernel: undefined },
  nestedhvm: { type: '"hvm"', kernel: undefined },
  usb: { usbdevice: '"tablet"' },
  bios_path_override: { bios: '"ovmf"' },
  pci_permissive: passedThrough,
  pci_msitranslate: passedThrough,
  pci_seize: passedThrough,
  pci_power_mgmt: passedThrough,
  usbdevice: { usb: '1' },
  vnc: { type: '"pv"', kernel: '"/boot/vmlinuz"' },
  sdl: withoutVnc,
  vnclisten: { vnc: '1' },
  vncdisplay: { vnc: '1', vncunused: '0' },
  vncunused: { vnc: '1' },
  vncpasswd: { vnc: '1' },
  keymap: { vnc: '1' },
  display: withoutVnc,
  xauthority: withoutVnc,
  opengl: withoutVnc,
  videoram: { type: '"hvm"', vga: '"stdvga"' },
  spiceport: spice,
  spice,
  spicetls_port: spice,
  spicehost: spice,
  spicedisable_ticketing: { ...spice, spicepasswd: '"secret"' },
  spicepasswd: { ...spice, spicedisable_ticketing: '0' },
  spiceagent_mouse: spice,
  spicevdagent: spice,
  spiceusbredirection: spice,
  spice_image_compression: spice,
  spice_streaming_video: spice,
  device_model_args_hvm: { type: '"hvm"', kernel: undefined },
  spice_clipboard_sharing: { ...spice, spicevdagent: '1' },
};

/** The kind of guest of an option's sample: the last one that reads the option, or PV if all do. */
const guestFor = (option: XlOption): string => option.guests?.at(-1) ?? 'pv';

/** The config of a small guest that sets an option. */
export function configWith(name: string, option: XlOption, value = option.example): string {
  return print({ ...settingsFor(name, option), [name]: value });
}

/** The same without the option. */
export function configWithout(name: string, option: XlOption): string {
  return print({ ...settingsFor(name, option), [name]: undefined });
}

function settingsFor(name: string, option: XlOption): Settings {
  const guest = guestFor(option);
  return {
    name: '"guest"',
    type: `"${guest}"`,
    uuid: '"5b7a1c9e-2d43-4f68-9a0b-1c2d3e4f5a6b"',
    memory: '512',
    vcpus: '2',
    kernel: guest === 'hvm' ? undefined : '"/boot/vmlinuz"',
    ...companions[name],
  };
}

const print = (settings: Settings): string =>
  Object.entries(settings)
    .map(([key, text]) => (text === undefined ? '' : `${key} = ${text}\n`))
    .join('');
