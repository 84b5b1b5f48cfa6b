/**
 * A number as libvirt's reader of xl.cfg has it where xl has another: there is no octal (virconf.c,
 * xen_common.c: xenConfigGetULong).
 * @returns nothing if both read it the same way, or libvirt does not read it at all
 */
export const libvirtsInteger = (text: string): number | undefined =>
  /^0[0-9]{1,15}$/.test(text) ? Number(text) : undefined;

/** The booleans that libvirt reads; of those in quotes, "1" alone is true (xen_common.c: xenConfigGetBool). */
export const libvirtsBooleans: ReadonlySet<string> = new Set([
  'acpi',
  'apic',
  'e820_host',
  'hap',
  'hpet',
  'localtime',
  'nestedhvm',
  'pae',
  'sdl',
  'spice',
  'spice_clipboard_sharing',
  'spiceagent_mouse',
  'spicedisable_ticketing',
  'vnc',
  'vncunused',
]);
