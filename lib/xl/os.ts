import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import { omitUndefined } from '../language/omit-undefined.js';
import {
  isHvmloader,
  type BootDevice,
  type DirectKernel,
  type HvmOs,
  type Os,
  type ParavirtualOs,
} from '../model/os.js';
import { isArm, noHvmOnArm } from '../model/architecture.js';
import { readArchitecture, reportArm } from './architecture.js';
import type { XlOutput } from './output.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const os: XlDescriptor<'os'> = {
  field: 'os',
  keys: {
    builder: 'os/type',
    bios: 'os/loader',
    bios_path_override: 'os/loader',
    acpi_firmware: 'os/acpi/table',
    type: 'os/type',
    bootloader: 'bootloader',
    bootloader_args: 'bootloader_args',
    bootargs: 'bootloader_args',
    kernel: 'os/kernel',
    ramdisk: 'os/initrd',
    cmdline: 'os/cmdline',
    boot: 'os/boot',
  },
  alsoRead: { root: 'os/cmdline', extra: 'os/cmdline' },
  owned: ['type', 'builder', 'kernel', 'ramdisk', 'cmdline', 'root', 'extra'],
  read: ({ xl, options, report }) => readOs(xl, options, report),
  write: (value, { out, report, options }) => writeOs(value, out, report, options),
};

const bootLetters: Readonly<Record<string, BootDevice>> = {
  c: 'disk',
  d: 'cdrom',
  n: 'network',
  a: 'floppy',
};
/** libxl's default boot order (libxl_create.c). */
const defaultBoot = ['c', 'd', 'a'];
const letterOf: Readonly<Record<BootDevice, string>> = { disk: 'c', cdrom: 'd', network: 'n', floppy: 'a' };

/** Reads what kind of guest it is, and what it boots. */
function readOs(xl: XlReader, options: FormatOptions, report: Report): Os {
  const architecture = readArchitecture(xl, options.arch, report);
  const type = readType(xl, isArm(architecture), report);
  const kernel = { ...(architecture && { architecture }), ...readKernel(xl, type, report, options) };
  const os: Os =
    type === 'hvm' ? readHvm(xl, kernel, report) : readParavirtual(xl, type, kernel, report, options);
  if (os.type !== 'hvm') checkGrub(xl, os, report);
  if (os.type !== 'hvm' && !os.kernel && !os.bootloader && !xl.has('firmware')) {
    const hint = 'a PV or PVH guest needs kernel= or bootloader=';
    const place = xl.keySpan('name') ?? { start: 0, end: 0 };
    report.add('value-missing', 'neither kernel nor bootloader specified', place, hint);
  }
  return withOrigin<Os>(os, xl.keySpan('type') ?? xl.keySpan('builder') ?? xl.keySpan('name'), {
    kernel: xl.string('kernel')?.span,
    initrd: xl.string('ramdisk')?.span,
  });
}

/** The `firmware` of a PV or PVH guest is the name of a GRUB that Xen installs, instead of a kernel (xl_parse.c). */
function checkGrub(xl: XlReader, os: Os, report: Report): void {
  const firmware = xl.string('firmware');
  if (!firmware) return;
  xl.leave('firmware');
  const isGrub = ['pvgrub32', 'pvgrub64'].some((grub) => grub.startsWith(firmware.value));
  if (os.kernel !== undefined)
    report.add('value-invalid', 'xl rejects a config with both kernel and firmware', firmware.span);
  else if (!isGrub) {
    const message = `firmware '${firmware.value}' is not valid for a ${os.type.toUpperCase()} guest`;
    report.add('value-invalid', message, firmware.span, 'use pvgrub32 or pvgrub64');
  }
}

/**
 * xl compares only as many letters as are written: "h" is hvm, "p" is pv (xl_parse.c). By default a guest is PV on
 * x86 and PVH on Arm, where libxl creates PV as PVH, too.
 */
function readType(xl: XlReader, arm: boolean, report: Report): Os['type'] {
  const [type, builder] = [xl.string('type'), xl.string('builder')];
  const named = type && (['hvm', 'pv', 'pvh'] as const).find((kind) => kind.startsWith(type.value));
  const built = builder && (['hvm', 'generic'] as const).find((kind) => kind.startsWith(builder.value));
  if (type && !named)
    report.add('domain-type', `invalid domain type '${type.value}'`, type.span, 'use pv, pvh or hvm');
  if (builder && !built)
    report.add('domain-type', `invalid builder '${builder.value}'`, builder.span, 'use hvm or generic');
  const kind = built === 'generic' ? 'pv' : built;
  if (named && kind && builder && named !== kind) {
    report.add(
      'domain-type',
      `builder '${builder.value}' contradicts type '${named}'`,
      builder.span,
      'remove builder=',
    );
  }
  const asked = named ?? kind;
  if (!arm) return asked ?? 'pv';
  const place = (type ?? builder)?.span;
  if (asked === 'hvm') report.add('domain-type', noHvmOnArm, place, 'remove it, or write type = "pvh"');
  if (asked === 'pv') report.add('converted', "type 'pv' converted to 'pvh': libxl does so on Arm", place);
  return 'pvh';
}

/** `cmdline` wins; a kernel of an HVM guest that is hvmloader is ignored; without it `root` and `extra` make one (xl_parse.c: parse_cmdline). */
function readKernel(xl: XlReader, type: Os['type'], report: Report, options: FormatOptions): DirectKernel {
  const [named, initrd] = [xl.string('kernel'), xl.string('ramdisk')?.value];
  const isFirmware = type === 'hvm' && named !== undefined && isHvmloader(named.value);
  const kernel = isFirmware ? undefined : named?.value;
  if (isFirmware) {
    const message = `kernel '${named.value}' ignored: it is the firmware of HVM guests, not a kernel to boot`;
    report.add('converted', message, named.span);
  }
  const [line, root, extra] = [xl.string('cmdline'), xl.string('root'), xl.string('extra')];
  for (const unused of line ? [root, extra] : []) {
    if (unused) report.add('xl-ignored', 'xl ignores root= and extra= in favour of cmdline=', unused.span);
  }
  const words = [root && `root=${root.value}`, extra?.value].filter((word) => word !== undefined);
  const cmdline = line?.value ?? (words.length > 0 ? words.join(' ') : undefined);
  const direct: { -readonly [Part in keyof DirectKernel]: DirectKernel[Part] } = {};
  if (isGiven(kernel, options)) direct.kernel = kernel;
  if (isGiven(initrd, options)) direct.initrd = initrd;
  if (isGiven(cmdline, options)) direct.cmdline = cmdline;
  return direct;
}

/** An empty text is none, but libvirt's converter copies it. */
const isGiven = (text: string | undefined, options: FormatOptions): text is string =>
  text !== undefined && (text !== '' || isLibvirts(options));

function readParavirtual(
  xl: XlReader,
  type: 'pv' | 'pvh',
  kernel: DirectKernel,
  report: Report,
  options: FormatOptions,
): ParavirtualOs {
  const bootloader = xl.string('bootloader')?.value;
  const args = xl.stringOrList('bootloader_args');
  // `bootargs` is libvirt's name for it; xl does not read it.
  const texts = args?.map((atom) => atom.text);
  const words = xl.isList('bootloader_args') ? texts : texts?.flatMap((text) => text.split(/[ \t\n]+/));
  const bootargs = words ? undefined : xl.string('bootargs');
  if (bootargs) {
    const hint = 'write bootloader_args';
    report.add(
      'xl-nonstandard-syntax',
      "'bootargs' is a keyword of libvirt; xl ignores it",
      bootargs.span,
      hint,
    );
  }
  const spoken = words ?? bootargs?.value.split(/[ \t\n\r]+/);
  const bootloaderArgs = spoken?.filter((word) => word !== '');
  return omitUndefined({
    type,
    ...kernel,
    bootloader: isGiven(bootloader, options) ? bootloader : undefined,
    bootloaderArgs: bootloaderArgs?.length ? bootloaderArgs : undefined,
  });
}

function readHvm(xl: XlReader, kernel: DirectKernel, report: Report): HvmOs {
  const order = xl.string('boot');
  const letters = new Set(order?.value ?? '');
  if (order && letters.size < order.value.length) {
    report.add('value-adjusted', 'boot: QEMU rejects a repeated letter; the first is used', order.span);
  }
  const named = [...letters].filter((letter) => {
    const known = Object.hasOwn(bootLetters, letter);
    if (!known)
      report.add('xl-ignored', `boot: '${letter}' is not one of the letters c, d, n and a`, order?.span);
    return known;
  });
  const boot = (named.length > 0 ? named : defaultBoot).flatMap((letter) => bootLetters[letter] ?? []);
  const acpiTables = xl.string('acpi_firmware')?.value;
  return omitUndefined({
    type: 'hvm',
    ...kernel,
    boot,
    acpiTables: acpiTables || undefined,
    ...readFirmware(xl, report),
  });
}

/** The values of `bios` and `firmware` for an HVM guest; xl uses `firmware` if both are set (xl_parse.c). */
const biosKinds = ['ovmf', 'seabios', 'rombios'];
/** Anything but OVMF stays unread: SeaBIOS is libvirt's default. */
function readFirmware(xl: XlReader, report: Report): Pick<HvmOs, 'firmware'> {
  const [bios, firmware] = [xl.string('bios'), xl.string('firmware')];
  if (bios && !biosKinds.includes(bios.value)) {
    const hint = `use one of ${biosKinds.join(', ')}`;
    report.add('value-invalid', `invalid value '${bios.value}' for bios`, bios.span, hint);
  }
  const named = firmware?.value === 'uefi' ? 'ovmf' : firmware?.value;
  const chosen = named === undefined || !biosKinds.includes(named) ? bios?.value : named;
  if (chosen !== 'ovmf') {
    if (bios) xl.leave('bios');
    if (firmware) xl.leave('firmware');
    return {};
  }
  if (bios && bios.value !== chosen)
    report.add('xl-ignored', 'xl uses firmware= and ignores bios=', bios.span);
  // `bios` is the default, under either name; a custom file stays unread.
  if (firmware && named !== chosen && named !== 'bios') xl.leave('firmware');
  const path = xl.string('bios_path_override')?.value;
  return { firmware: omitUndefined({ kind: 'ovmf', path }) };
}

/** Writes the kind of guest as libvirt does: HVM by `builder`, PVH by `type`, PV by neither. */
function writeOs(os: Os, out: XlOutput, report: Report, options: FormatOptions): void {
  if (isArm(os.architecture)) reportArm(os, report);
  if (os.type === 'hvm') {
    out.set('builder', 'hvm');
    if (os.firmware) {
      out.set('bios', os.firmware.kind);
      out.set('bios_path_override', os.firmware.path, originOf(os, 'firmware'));
    }
    out.set('acpi_firmware', os.acpiTables, originOf(os, 'acpiTables'));
    // QEMU rejects a repeated letter.
    const letters = [...new Set(os.boot)].map((device) => letterOf[device]).join('');
    out.set('boot', letters === '' ? 'c' : letters);
  } else {
    if (os.type === 'pvh') out.set('type', 'pvh');
    out.set('bootloader', os.bootloader, originOf(os, 'bootloader'));
    writeBootloaderArgs(os, out, report, options);
  }
  out.set('kernel', os.kernel, originOf(os, 'kernel'));
  out.set('ramdisk', os.initrd, originOf(os, 'initrd'));
  out.set('cmdline', os.cmdline, originOf(os, 'cmdline'));
}

/** A list, as xl reads it; libvirt writes one text under a name of its own (xen_xl.c: xenFormatXLOS). */
function writeBootloaderArgs(os: ParavirtualOs, out: XlOutput, report: Report, options: FormatOptions): void {
  const words = os.bootloaderArgs ?? [];
  const place = originOf(os, 'bootloaderArgs');
  if (!isLibvirts(options)) {
    for (const word of words) out.append('bootloader_args', word, place);
  } else if (words.length > 0) {
    out.set('bootargs', words.join(' '), place);
    const message = "boot loader arguments written as 'bootargs', as libvirt does: xl ignores it";
    report.add('profile-libvirt', message, place ?? originOf<object>(os));
  }
}
