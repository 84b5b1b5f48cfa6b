import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { Span } from '../diagnostics/span.js';
import { omitUndefined } from '../language/omit-undefined.js';
import {
  maximumPciAddress,
  maximumUsbNumber,
  pciAddressText,
  type Hostdev,
  type PciAddress,
  type PciHostdev,
  type UsbHostdev,
} from '../model/hostdev.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import type { XlOutput } from './output.js';
import { numberOf, parametersOf, preservedParameters, setParameter, type Parameter } from './parameters.js';
import { spanWithin, type XlAtom } from '../xl-syntax/ast.js';
import type { XlReader } from './reader.js';
import type { SettingBlock, XlDescriptor } from './descriptor.js';

export const hostdevs: XlDescriptor<'hostdevs'> = {
  field: 'hostdevs',
  keys: { pci: 'devices/hostdev' },
  alsoRead: { pci_permissive: 'devices/hostdev/driver', pci_seize: 'devices/hostdev/@managed' },
  owned: ['pci', 'usbdev'],
  read: ({ xl, report, options }) => readHostdevs(xl, report, options),
  write: (value, { out, report, options }) => writeHostdevs(value, out, report, options),
};

/** libvirt writes USB devices with the other USB settings. */
export const usbHostdevSettings: SettingBlock<'hostdevs'> = {
  field: 'hostdevs',
  keys: { usbdev: 'devices/hostdev' },
};

/** Options of xl-pci-configuration(5) that libvirt cannot express, with their values. */
const pciOnly = /^(?:vslot=0*1?[0-9a-f]|(?:msitranslate|power_mgmt)=[^,]*|rdm_policy=(?:strict|relaxed))$/i;

/** Those of `usbdev` in xl.cfg(5). */
const usbOnly = /^(?:controller|port)=[0-9]{1,10}$/;

/** Reads `pci` and `usbdev`. */
function readHostdevs(xl: XlReader, report: Report, options: FormatOptions): readonly Hostdev[] {
  const pci = xl.list('pci') ?? [];
  // The defaults of each device, if there are any.
  const defaults =
    pci.length > 0 ? { permissive: xl.boolean('pci_permissive'), managed: xl.boolean('pci_seize') } : {};
  return [
    ...pci.flatMap((atom) => readPci(atom, defaults, report) ?? []),
    ...(xl.list('usbdev') ?? []).flatMap((atom) => readUsb(atom, report, options) ?? []),
  ];
}

interface PciDefaults {
  readonly permissive?: boolean | undefined;
  readonly managed?: boolean | undefined;
}

/** `[DOMAIN:]BUS:SLOT.FUNCTION` in hexadecimal, `*` for every function (libxlu_pci.c: parse_bdf). */
const bdf = /^(?:([0-9a-f]{1,8}):)?([0-9a-f]{1,8}):([0-9a-f]{1,8})\.(\*|[0-9a-f]{1,8})/i;

/** The address can be first, without a key, and followed by `@` and a slot of the guest. */
function readPci(atom: XlAtom, defaults: PciDefaults, report: Report): PciHostdev | undefined {
  const refuse = (why: string, span: Span): undefined => {
    const hint = 'write it as 0000:05:00.0,KEY=VALUE (xl-pci-configuration(5))';
    report.add('value-invalid', `pci: ${why}`, span, hint);
    return undefined;
  };
  const leading = bdf.exec(atom.text);
  const slot = leading && /^@([0-9a-f]+)(?=,|$)/i.exec(atom.text.slice(leading[0].length));
  const end = (leading?.[0].length ?? 0) + (slot?.[0].length ?? 0);
  const comma = atom.text.charAt(end);
  if (leading && comma !== '' && comma !== ',') {
    return refuse(`xl ignores what follows the address in '${atom.text}'`, atom.span);
  }
  const options = readPciOptions(atom, leading ? end : 0, report);
  if (!options) return undefined;
  const named = options.get('bdf');
  const given = (named && bdf.exec(named.value)) ?? leading;
  if (named && given?.[0] !== named.value)
    return refuse(`'${named.value}' is not a valid PCI address`, named.span);
  const [name, address] = [options.get('name'), given ? addressOf(given) : undefined];
  if (given && !address) return refuse(`there is no PCI address '${given[0]}'`, named?.span ?? atom.span);
  if (name && given) return refuse('a device has an address or a name=, not both', name.span);
  const source = address ?? (name && { name: name.value });
  if (!source) return refuse(`there is no PCI address in '${atom.text}'`, atom.span);
  const others = slot && !options.has('vslot') ? [`vslot=${slot[1] ?? ''}`] : [];
  for (const { key, value } of options.values()) {
    if (!['bdf', 'name', 'permissive', 'seize'].includes(key)) others.push(`${key}=${value}`);
  }
  const bad = others.find((other) => !pciOnly.test(other));
  if (bad !== undefined) return refuse(`xl rejects '${bad}'`, atom.span);
  const flag = (key: string, fallback: boolean | undefined): boolean | undefined => {
    const option = options.get(key);
    return option ? numberOf(option, report) !== 0 : fallback;
  };
  const permissive = flag('permissive', defaults.permissive);
  return withOrigin<PciHostdev>(
    omitUndefined({
      kind: 'pci',
      source,
      permissive,
      managed: flag('seize', defaults.managed) ?? false,
      xlParameters: others.length > 0 ? others : undefined,
    }),
    atom.span,
  );
}

const pciKeys: ReadonlySet<string> = new Set(
  'bdf vslot permissive msitranslate seize power_mgmt rdm_policy name'.split(' '),
);

/** KEY=VALUE without blanks; the last of a repeated key counts. An extra comma is rejected except at the end. */
function readPciOptions(
  atom: XlAtom,
  start: number,
  report: Report,
): ReadonlyMap<string, Parameter> | undefined {
  const options = new Map<string, Parameter>();
  let at = atom.text.charAt(start) === ',' ? start + 1 : start;
  while (at < atom.text.length) {
    const comma = atom.text.indexOf(',', at);
    const end = comma < 0 ? atom.text.length : comma;
    const text = atom.text.slice(at, end);
    const span = spanWithin(atom, at, end);
    const equals = text.indexOf('=');
    const [key, value] = [text.slice(0, Math.max(equals, 0)), text.slice(equals + 1)];
    if (!pciKeys.has(key)) {
      const what = at === 0 ? `'${text}' is not a valid PCI address` : `xl rejects the option '${text}'`;
      report.add('value-invalid', `pci: ${what}`, span, `options are ${[...pciKeys].join('=, ')}=`);
      return undefined;
    }
    setParameter(options, { key, value, span }, report);
    at = end + 1;
  }
  return options;
}

function addressOf([, first, second, third, last]: RegExpExecArray): PciAddress | undefined {
  const [domain, bus, slot] = [first ?? '0', second ?? '', third ?? ''].map((text) =>
    Number.parseInt(text, 16),
  );
  const number = last === '*' ? 'all' : Number.parseInt(last ?? '', 16);
  if (domain === undefined || bus === undefined || slot === undefined) return undefined;
  const address: PciAddress = { domain, bus, slot, function: number };
  return isPciAddress(address) ? address : undefined;
}

const isPciAddress = (address: PciAddress): boolean =>
  (['domain', 'bus', 'slot', 'function'] as const).every((part) => {
    const number = address[part];
    return number === 'all' || number <= maximumPciAddress[part];
  });

const usbKeys = ['type', 'hostbus', 'hostaddr', 'controller', 'port'] as const;

/** The device's numbers are C's (decimal, 0x, 0), the controller's are decimal (xl_parse.c: parse_usbdev_config). */
function readUsb(atom: XlAtom, report: Report, options: FormatOptions): UsbHostdev | undefined {
  const known = parametersOf(atom, usbKeys, 'usbdev', report);
  if (!known) return undefined;
  const type = known.get('type');
  if (type && type.value.toLowerCase() !== 'hostdev') {
    report.add('value-invalid', `xl has no USB device of type '${type.value}'`, type.span, 'use hostdev');
    return undefined;
  }
  const [bus, device] = [
    usbNumber('hostbus', known, atom, report, options),
    usbNumber('hostaddr', known, atom, report, options),
  ];
  if (bus === undefined || device === undefined) return undefined;
  const others = [known.get('controller'), known.get('port')].flatMap((parameter) =>
    parameter ? [`${parameter.key}=${Math.max(numberOf(parameter, report), 0)}`] : [],
  );
  return withOrigin<UsbHostdev>(
    omitUndefined({ kind: 'usb', bus, device, xlParameters: others.length > 0 ? others : undefined }),
    atom.span,
  );
}

function usbNumber(
  key: 'hostbus' | 'hostaddr',
  known: ReadonlyMap<string, Parameter>,
  atom: XlAtom,
  report: Report,
  options: FormatOptions,
): number | undefined {
  const parameter = known.get(key);
  if (!parameter) {
    report.add('value-missing', `the host's USB device has no ${key}=`, atom.span, 'lsusb shows it');
    return undefined;
  }
  const digits = /^[ \t\n\v\f\r]*\+?(0x[0-9a-f]{1,8}|0[0-7]{1,8}|[0-9]{1,8})/i.exec(parameter.value);
  const text = digits?.[1] ?? '';
  const number = /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text);
  if (isLibvirts(options) && /^[0-9a-f]{1,2}$/i.test(parameter.value)) {
    const libvirts = Number.parseInt(parameter.value, 16);
    const message = `${key}=${parameter.value} read as ${libvirts}, as libvirt does: to xl, it is ${number}, another device`;
    if (libvirts !== number) report.add('profile-libvirt', message, parameter.span);
    return libvirts;
  }
  if (digits && digits[0] !== parameter.value) {
    const message = `xl reads ${key}=${parameter.value} as ${number}; libvirt reads it as hexadecimal`;
    report.add('xl-ignored', message, parameter.span);
  }
  if (digits && number > 0 && number <= maximumUsbNumber) return number;
  const message = `${key}=${parameter.value} is not a number from 1 to ${maximumUsbNumber}`;
  report.add('value-invalid', message, parameter.span, 'write it in decimal, as lsusb shows it');
  return undefined;
}

/**
 * Writes each as libvirt does, but for the numbers of USB: xl reads them in decimal, libvirt writes hexadecimal
 * (xenFormatXLUSB).
 */
function writeHostdevs(
  hostdevs: readonly Hostdev[],
  out: XlOutput,
  report: Report,
  options: FormatOptions,
): void {
  for (const hostdev of hostdevs) {
    const isPci = hostdev.kind === 'pci';
    const own = isPci ? pciParts(hostdev) : usbParts(hostdev, report, options);
    const device = isPci ? 'host device of PCI' : 'host device of USB';
    const only = isPci ? pciOnly : usbOnly;
    const preserved = preservedParameters(hostdev.xlParameters, only, device, report, originOf(hostdev));
    const bad = own.find((part) => /[,\n]/.test(part));
    if (bad !== undefined) {
      const message = `a host device's '${bad}' contains a comma or line break, which xl.cfg cannot escape`;
      report.add('xl-unrepresentable', message, originOf(hostdev));
      continue;
    }
    out.append(isPci ? 'pci' : 'usbdev', [...own, ...preserved].join(','), originOf(hostdev));
  }
}

function pciParts({ source, permissive, managed }: PciHostdev): readonly string[] {
  return [
    'name' in source ? `name=${source.name}` : pciAddressText(source),
    ...(permissive === undefined ? [] : [`permissive=${Number(permissive)}`]),
    ...(managed ? ['seize=1'] : []),
  ];
}

function usbParts(hostdev: UsbHostdev, report: Report, options: FormatOptions): readonly string[] {
  const radix = isLibvirts(options) ? 16 : 10;
  const numbers = [hostdev.bus, hostdev.device].map((number) => number.toString(radix));
  const [bus = '', device = ''] = numbers;
  const isSame = bus === String(hostdev.bus) && device === String(hostdev.device);
  if (!isSame) {
    const message = `host USB device ${hostdev.bus}:${hostdev.device} written as ${bus}:${device}, as libvirt does: xl assigns another device`;
    report.add('profile-libvirt', message, originOf(hostdev));
  }
  return [`hostbus=${bus}`, `hostaddr=${device}`];
}
