import type { Report } from '../diagnostics/diagnostic.js';
import { isLibvirts } from '../document/profile.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import {
  defaultArchitecture,
  isArm,
  noHvmOnArm,
  supportedArchitecture,
  type Architecture,
} from '../model/architecture.js';
import type { PreservedSetting } from '../model/preserved.js';
import type { BootDevice, DirectKernel, HvmOs, Os, ParavirtualOs } from '../model/os.js';
import { orderBoot } from './boot-order.js';
import { ovmfPath, readFirmware } from './firmware.js';
import { hasBlanks } from './metadata.js';
import type { XmlDescriptor } from './descriptor.js';
import { hasSysinfo } from './smbios.js';
import { absFilePath, checkSchema, refuseBlanks } from './schema.js';
import type { XmlElement } from './xml/element.js';
import { element, textElement, type XmlTree } from './xml/tree.js';

const deviceOf: Readonly<Record<string, BootDevice>> = {
  hd: 'disk',
  cdrom: 'cdrom',
  network: 'network',
  fd: 'floppy',
};
export const bootNames: Readonly<Record<BootDevice, string>> = {
  disk: 'hd',
  cdrom: 'cdrom',
  network: 'network',
  floppy: 'fd',
};

const typeOf: Readonly<Record<string, Os['type']>> = { hvm: 'hvm', linux: 'pv', xen: 'pv', xenpvh: 'pvh' };

/**
 * Reads <os> and <bootloader>.
 * @param arch the architecture if the document specifies none
 * @param settings the settings that an earlier conversion preserved: a guest can boot from xl's own firmware
 */
export function readOs(
  domain: XmlElement,
  kvm: boolean,
  arch: Architecture | undefined,
  settings: readonly PreservedSetting[],
  report: Report,
): Os | undefined {
  const os = domain.child('os');
  const loader = domain.peekChild('bootloader');
  const architecture = readArchitecture(os, arch, report);
  const type = readType(domain, os, loader, report, isArm(architecture) ? (kvm ? 'kvm' : 'xen') : undefined);
  if (!type) return undefined;
  const kernel = { ...(architecture && { architecture }), ...readKernel(os) };
  const where = (os ?? loader ?? domain).tagSpan;
  const part = (name: string): { start: number; end: number } | undefined => os?.peekChild(name)?.textSpan;
  const places = { kernel: part('kernel'), initrd: part('initrd'), cmdline: part('cmdline') };
  if (type === 'hvm') {
    const acpiTables = readAcpiTables(os, report);
    const hvm: HvmOs = omitUndefined({
      type,
      ...kernel,
      boot: readBoot(os, report),
      acpiTables,
      ...readFirmware(os, kvm, report),
    });
    return withOrigin<Os>(hvm, where, { ...places, acpiTables: part('acpi') });
  }
  const bootloader = loader?.markRead().text();
  const words = domain
    .child('bootloader_args')
    ?.text()
    .split(/[ \t\n\r]+/)
    .filter((word) => word !== '');
  const paravirtual: ParavirtualOs = omitUndefined({
    type,
    ...kernel,
    bootloader: bootloader || undefined,
    bootloaderArgs: words?.length ? words : undefined,
  });
  const hasFirmware = settings.some(({ key }) => key === 'firmware');
  if (paravirtual.kernel === undefined && paravirtual.bootloader === undefined && !hasFirmware) {
    if (hasDefaultBootloader(type, kvm, architecture)) {
      const message = `bootloader ${defaultBootloader} written: libvirt's Xen driver uses it for a PV guest without <kernel>`;
      report.add('value-default', message, where);
      return withOrigin<Os>({ ...paravirtual, bootloader: defaultBootloader }, where, places);
    }
    report.add(
      'value-missing',
      'the guest has neither a kernel nor a bootloader',
      where,
      isArm(architecture) ? armKernelHint : 'xl rejects such a PV or PVH guest',
    );
  }
  return withOrigin<Os>(paravirtual, where, places);
}

/** What libvirt's Xen driver gives a PV guest that boots nothing else (libxl_conf.c: LIBXL_BOOTLOADER_PATH). */
const defaultBootloader = 'pygrub';

/** Not a PVH guest: libxl finds nothing to boot then. */
export const hasDefaultBootloader = (
  kind: Os['type'],
  kvm: boolean,
  architecture: Architecture | undefined,
): boolean => kind === 'pv' && !kvm && !isArm(architecture);

function readType(
  domain: XmlElement,
  os: XmlElement | undefined,
  loader: XmlElement | undefined,
  report: Report,
  arm: 'kvm' | 'xen' | undefined,
): Os['type'] | undefined {
  const type = os?.child('type');
  if (!type) {
    // A domain with a bootloader only is a PV guest.
    if (loader) return arm ? 'pvh' : 'pv';
    report.add('value-missing', 'the domain has no <os><type>', (os ?? domain).tagSpan);
    return undefined;
  }
  const name = type.text();
  type.attribute('machine');
  const known = Object.hasOwn(typeOf, name) ? typeOf[name] : undefined;
  if (!known) report.add('domain-type', `Xen has no guests of OS type '${name}'`, type.textSpan);
  if (!known || !arm) return known;
  if (known === 'hvm') {
    const { type: wanted, machine } = machineOf('pvh', 'aarch64');
    const hint = `write <type machine='${machine}'>${wanted}</type>`;
    if (arm === 'xen') report.add('domain-type', noHvmOnArm, type.textSpan, hint);
    else report.add('converted', `OS type '${name}' converted to '${wanted}'`, type.textSpan);
  }
  return 'pvh';
}

/** @returns undefined for x86_64, and for what Xen does not support, which is reported */
function readArchitecture(
  os: XmlElement | undefined,
  arch: Architecture | undefined,
  report: Report,
): Os['architecture'] {
  const type = os?.child('type');
  const architecture = supportedArchitecture(type?.attribute('arch') ?? arch);
  if (typeof architecture !== 'string') {
    report.add('domain-type', architecture.reason, type?.attributeSpan('arch'));
    return undefined;
  }
  return architecture === defaultArchitecture ? undefined : architecture;
}

function readKernel(os: XmlElement | undefined): DirectKernel {
  const found: { -readonly [Part in keyof DirectKernel]: DirectKernel[Part] } = {};
  for (const part of ['kernel', 'initrd', 'cmdline'] as const) {
    const element = os?.child(part);
    const text = part === 'cmdline' ? element?.rawText() : element?.text();
    if (text) found[part] = text;
  }
  return found;
}

function readBoot(os: XmlElement | undefined, report: Report): readonly BootDevice[] {
  const boot = new Set<BootDevice>();
  for (const element of os?.all('boot') ?? []) {
    const name = element.attribute('dev') ?? '';
    const device = Object.hasOwn(deviceOf, name) ? deviceOf[name] : undefined;
    if (!device) report.add('value-invalid', `unknown boot device '${name}'`, element.tagSpan);
    else if (boot.has(device)) {
      report.add(
        'value-adjusted',
        `boot device '${name}' specified twice; the first is used`,
        element.tagSpan,
      );
    } else boot.add(device);
  }
  return [...boot];
}

/** The name in current libvirt; before 11 it was `slic` (see versions.ts). */
const acpiTableType = 'rawset';

/** Xen supports one file with tables; `slic` is also one for Xen. A `raw` or `msdm` table has another format. */
function readAcpiTables(os: XmlElement | undefined, report: Report): string | undefined {
  const [table, second] = os?.peekChild('acpi')?.markRead().all('table') ?? [];
  if (!table) return undefined;
  const [type, path] = [table.attribute('type') ?? '', table.text()];
  second?.markAllRead();
  if (second) report.add('value-invalid', 'Xen supports one file of ACPI tables', second.tagSpan);
  if (type !== 'slic' && type !== 'rawset') {
    const message = `Xen does not support ACPI tables of type '${type}'`;
    report.add('value-invalid', message, table.tagSpan, 'put whole tables into a file of type rawset');
  } else if (path === '') report.add('value-missing', 'the ACPI <table> has no path', table.tagSpan);
  return path;
}

/** libvirt's machine types for the three kinds of guest on x86. */
const machines: Readonly<Record<Os['type'], { readonly type: string; readonly machine: string }>> = {
  pv: { type: 'linux', machine: 'xenpv' },
  pvh: { type: 'xenpvh', machine: 'xenpvh' },
  hvm: { type: 'hvm', machine: 'xenfv' },
};

/**
 * The machine of a guest. On Arm, libvirt's driver has one kind, which it calls paravirtual: Xen lists
 * "xen-3.0-aarch64" there and no "hvm-" (libxl_capabilities.c), and libxl creates it as PVH.
 */
export const machineOf = (
  kind: Os['type'],
  architecture: Architecture | undefined,
): { readonly type: string; readonly machine: string } => machines[isArm(architecture) ? 'pv' : kind];

/** For xl, EDK II's ArmVirtXen platform is a kernel. */
export const armKernelHint = 'write <kernel>: a Linux kernel, or EDK II built for Xen on Arm (ArmVirtXen)';

/** Writes <bootloader>, <bootloader_args> and <os>. */
export function writeOs(os: Os, hasSysinfo: boolean): readonly (XmlTree | undefined)[] {
  const { type, machine } = machineOf(os.type, os.architecture);
  const firmware = os.type === 'hvm' ? os.firmware : undefined;
  const [bootloader, args] =
    os.type === 'hvm'
      ? []
      : [os.bootloader, hasBlanks(os.bootloaderArgs) ? undefined : os.bootloaderArgs?.join(' ')];
  return [
    textElement('bootloader', bootloader),
    textElement('bootloader_args', args),
    element('os', {}, [
      textElement('type', type, { arch: os.architecture ?? defaultArchitecture, machine }),
      firmware && textElement('loader', firmware.path ?? ovmfPath, { readonly: 'yes', type: 'pflash' }),
      textElement('kernel', os.kernel),
      textElement('initrd', os.initrd),
      textElement('cmdline', os.cmdline),
      os.type === 'hvm' && os.acpiTables !== undefined
        ? element('acpi', {}, [textElement('table', os.acpiTables, { type: acpiTableType })])
        : undefined,
      ...(os.type === 'hvm' ? os.boot.map((device) => element('boot', { dev: bootNames[device] })) : []),
      hasSysinfo ? element('smbios', { mode: 'sysinfo' }) : undefined,
    ]),
  ];
}

export const os: XmlDescriptor<'os'> = {
  field: 'os',
  read: ({ root, kvm, preserved, options, devices, report }) => {
    const os = readOs(root, kvm, options.arch, preserved.settings, report);
    return os && orderBoot(os, devices);
  },
  check: (domain, report) => {
    const { os } = domain;
    const [kernelPlace, initrdPlace] = [originOf<typeof os>(os, 'kernel'), originOf<typeof os>(os, 'initrd')];
    const place = originOf(os);
    refuseBlanks('the kernel', os.kernel, kernelPlace, report);
    refuseBlanks('the initrd', os.initrd, initrdPlace, report);
    checkSchema('the kernel', os.kernel, absFilePath, kernelPlace, report);
    checkSchema('the initrd', os.initrd, absFilePath, initrdPlace, report);
    if (os.type !== 'hvm') return refuseBlanks('the boot loader', os.bootloader, place, report);
    refuseBlanks('the firmware', os.firmware?.path, place, report);
    refuseBlanks('the file of ACPI tables', os.acpiTables, place, report);
    checkSchema('the firmware', os.firmware?.path, absFilePath, place, report);
    checkSchema('the file of ACPI tables', os.acpiTables, absFilePath, place, report);
  },
  write: ({ os, smbios }, { options }) => writeOs(os, hasSysinfo(smbios) && !isLibvirts(options)),
};
