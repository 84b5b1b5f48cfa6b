import type { Report } from '../diagnostics/diagnostic.js';
import { isLibvirts } from '../document/profile.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { preservedHint } from '../model/preserved.js';
import { inSmbiosOrder, isSmbiosName, type SmbiosName, type SmbiosString } from '../model/smbios.js';
import type { XmlDescriptor } from './descriptor.js';
import type { DomainReader } from './domain-reader.js';
import type { XmlElement } from './xml/element.js';
import { element, textElement, type XmlTree } from './xml/tree.js';

/** The blocks of <sysinfo type='smbios'> and the entries that Xen can set (formatdomain; virsysinfo.c). */
const blocks: Readonly<Record<string, Readonly<Record<string, SmbiosName>>>> = {
  bios: { vendor: 'bios_vendor', version: 'bios_version' },
  system: {
    manufacturer: 'system_manufacturer',
    product: 'system_product_name',
    version: 'system_version',
    serial: 'system_serial_number',
  },
  baseBoard: {
    manufacturer: 'baseboard_manufacturer',
    product: 'baseboard_product_name',
    version: 'baseboard_version',
    serial: 'baseboard_serial_number',
    asset: 'baseboard_asset_tag',
    location: 'baseboard_location_in_chassis',
  },
  chassis: {
    manufacturer: 'enclosure_manufacturer',
    serial: 'enclosure_serial_number',
    asset: 'enclosure_asset_tag',
  },
};

/** Reads <os><smbios>; without mode `sysinfo`, libvirt does not pass <sysinfo> to the guest. */
function readMode(root: XmlElement): string {
  const os = root.peekChild('os');
  const smbios = os?.peekChild('smbios');
  const mode = smbios?.peek('mode') ?? 'emulate';
  if (smbios && mode !== 'host') smbios.markRead().attribute('mode');
  return mode;
}

function readSmbios({ root, report }: DomainReader): readonly SmbiosString[] {
  const isUsed = readMode(root) === 'sysinfo';
  const strings = new Map<SmbiosName, SmbiosString>();
  const oem: SmbiosString[] = [];
  for (const sysinfo of root.children.filter(({ name }) => name === 'sysinfo')) {
    if (sysinfo.peek('type') !== 'smbios') continue;
    if (!isUsed) {
      sysinfo.markAllRead();
      const message = "<sysinfo> omitted: it has no effect without <smbios mode='sysinfo'/> of <os>";
      report.add('implied', message, sysinfo.tagSpan);
      continue;
    }
    sysinfo.markRead().attribute('type');
    for (const block of sysinfo.children) {
      if (block.name === 'oemStrings') {
        for (const entry of block.markRead().all('entry'))
          oem.push(withOrigin<SmbiosString>({ name: 'oem', value: entry.rawText() }, entry.tagSpan));
      } else readBlock(block, strings, report);
    }
  }
  return inSmbiosOrder([...strings.values(), ...oem]);
}

/** A second block of the same name stays unread, as does an entry that Xen cannot set. */
function readBlock(block: XmlElement, strings: Map<SmbiosName, SmbiosString>, report: Report): void {
  const names = Object.hasOwn(blocks, block.name) ? blocks[block.name] : undefined;
  if (!names || Object.values(names).some((name) => strings.has(name))) return;
  block.markRead();
  for (const entry of block.children) {
    const given = entry.peek('name') ?? '';
    if (entry.name !== 'entry') continue;
    if (block.name === 'system' && given === 'uuid') {
      entry.markAllRead();
      report.add('implied', "SMBIOS string 'uuid' omitted: it is the domain's UUID", entry.tagSpan);
      continue;
    }
    const name = Object.hasOwn(names, given) ? names[given] : undefined;
    if (!name) continue;
    entry.markRead().attribute('name');
    const value = entry.rawText();
    // libvirt omits an empty entry.
    if (value !== '') strings.set(name, withOrigin<SmbiosString>({ name, value }, entry.tagSpan));
  }
}

/** The preserved strings that libvirt has no entry for. */
const readPreserved = ({ preserved }: DomainReader): readonly SmbiosString[] =>
  preserved.all('smbios').flatMap((item): readonly SmbiosString[] => {
    const [name, value] = [item.peek('name') ?? '', item.peek('value')];
    return isSmbiosName(name) && value !== undefined ? [{ name, value }] : [];
  });

const isBattery = ({ name }: SmbiosString): boolean => name.startsWith('battery_');

/** Whether a <sysinfo> is written for the strings. */
export const hasSysinfo = (strings: readonly SmbiosString[] = []): boolean =>
  strings.some((string) => !isBattery(string));

function writeSysinfo(strings: readonly SmbiosString[]): XmlTree | undefined {
  const written = strings.filter((string) => !isBattery(string));
  if (!hasSysinfo(strings)) return undefined;
  const valueOf = (name: SmbiosName): string | undefined =>
    written.find((string) => string.name === name)?.value;
  const trees = Object.entries(blocks).map(([block, names]) => {
    const entries = Object.entries(names).flatMap(
      ([entry, name]) => textElement('entry', valueOf(name), { name: entry }) ?? [],
    );
    return entries.length > 0 ? element(block, {}, entries) : undefined;
  });
  const oem = written.flatMap(
    ({ name, value }) => (name === 'oem' ? textElement('entry', value) : undefined) ?? [],
  );
  return element('sysinfo', { type: 'smbios' }, [
    ...trees,
    oem.length > 0 ? element('oemStrings', {}, oem) : undefined,
  ]);
}

/** libvirt's Xen driver accepts <sysinfo>, and does not pass it to libxl (libxl_conf.c of libvirt 11.3). */
export const smbios: XmlDescriptor<'smbios'> = {
  field: 'smbios',
  read: (reader) => {
    const strings = inSmbiosOrder([...readSmbios(reader), ...readPreserved(reader)]);
    return strings.length > 0 ? strings : undefined;
  },
  check: ({ smbios = [] }, report) => {
    const [first] = smbios.filter((string) => !isBattery(string));
    if (first) {
      const message = "<sysinfo> has no effect: libvirt's Xen driver does not set SMBIOS strings";
      report.add('no-effect', message, originOf(first));
    }
    for (const string of smbios.filter(isBattery)) {
      const message = `SMBIOS string '${string.name}' has no counterpart in libvirt's XML`;
      report.add('not-implemented', message, originOf(string), preservedHint);
    }
  },
  write: ({ smbios = [] }, { options }) => (isLibvirts(options) ? [] : [writeSysinfo(smbios)]),
  preserve: ({ smbios = [] }) =>
    smbios.filter(isBattery).map((string) => element('v2x:smbios', { ...string })),
  unsupported: [
    ['sysinfo/bios/entry', 'unsupported', 'xl sets the vendor and the version of the BIOS only'],
    ['sysinfo/system/entry', 'unsupported', 'xl does not set this SMBIOS string of the system'],
    ['sysinfo/baseBoard/entry', 'unsupported', 'xl does not set this SMBIOS string of the board'],
    ['sysinfo/chassis/entry', 'unsupported', 'xl does not set this SMBIOS string of the chassis'],
    ['sysinfo/*', 'unsupported', 'a Xen guest has one such block'],
    ['sysinfo', 'unsupported', "libxl does not use QEMU's firmware configuration (fw_cfg)"],
    ['os/smbios', 'unsupported', "xl cannot copy the host's SMBIOS strings"],
  ],
};
