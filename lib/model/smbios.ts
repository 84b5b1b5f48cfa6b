/** The SMBIOS strings that hvmloader puts into a guest's tables (libxl_types.idl: smbios_type), in Xen's order. */
export const smbiosNames = [
  'bios_vendor',
  'bios_version',
  'system_manufacturer',
  'system_product_name',
  'system_version',
  'system_serial_number',
  'baseboard_manufacturer',
  'baseboard_product_name',
  'baseboard_version',
  'baseboard_serial_number',
  'baseboard_asset_tag',
  'baseboard_location_in_chassis',
  'enclosure_manufacturer',
  'enclosure_serial_number',
  'enclosure_asset_tag',
  'battery_manufacturer',
  'battery_device_name',
  'oem',
] as const;

export type SmbiosName = (typeof smbiosNames)[number];

/** One string of the SMBIOS tables. Each name occurs at most once, except `oem`. */
export interface SmbiosString {
  readonly name: SmbiosName;
  readonly value: string;
}

export const isSmbiosName = (text: string): text is SmbiosName => smbiosNames.some((name) => name === text);

/** In Xen's order; those of the same name keep their order. */
export const inSmbiosOrder = (strings: readonly SmbiosString[]): readonly SmbiosString[] =>
  strings.toSorted((a, b) => smbiosNames.indexOf(a.name) - smbiosNames.indexOf(b.name));
