/** The order in which libvirt's writer puts the settings (xen_common.c and xen_xl.c of libvirt 11.3). */
const order = `
  name uuid maxmem memory maxvcpus vcpus cpus
  pae acpi apic hap viridian e820_host passthrough tsc_mode hpet rtc_timeoffset localtime
  on_poweroff on_reboot on_crash device_model_override
  sdl vnc vncunused vncdisplay vnclisten vncpasswd keymap display xauthority vfb
  vif pci parallel serial soundhw
  builder bios bios_path_override acpi_firmware type bootloader bootloader_args
  kernel ramdisk cmdline boot nestedhvm cpuid vnuma max_event_channels max_grant_frames
  disk
  spice spicehost spiceport spicetls_port spicedisable_ticketing spicepasswd spiceagent_mouse
  spicevdagent spice_clipboard_sharing
  usb usbdevice usbdev usbctrl channel device_model_args
`;

const places: ReadonlyMap<string, number> = new Map(
  order
    .trim()
    .split(/\s+/)
    .map((key, index) => [key, index]),
);

/**
 * Puts keys in libvirt's order; those that libvirt never writes come last, in the order in which
 * they are given. With SPICE, libvirt turns SDL and VNC off in the SPICE block.
 */
export function inLibvirtOrder(keys: readonly string[]): readonly string[] {
  const spice = keys.includes('spice') ? places.get('spice') : undefined;
  const place = (key: string): number =>
    spice !== undefined && (key === 'sdl' || key === 'vnc')
      ? spice - 1 / (key === 'sdl' ? 2 : 3)
      : (places.get(key) ?? places.size);
  return keys.toSorted((a, b) => place(a) - place(b));
}
