import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { Span } from '../diagnostics/span.js';
import { omitUndefined } from '../language/omit-undefined.js';
import {
  attachHint,
  imageOnUrl,
  busOfName,
  diskNameOf,
  pathOf,
  type Disk,
  type DiskBackend,
  type DiskBus,
  type DiskSource,
} from '../model/disk.js';
import { isOfSource, scriptOf } from '../model/disk-parameters.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts, unlessLibvirts } from '../document/profile.js';
import { parseInteger } from '../xl-syntax/integer.js';
import { driveLetters } from '../model/drive-letters.js';
import type { Os } from '../model/os.js';
import type { XlOutput } from './output.js';
import { preservedParameters } from './parameters.js';
import { readDiskParts, xlOnly, type DiskParts } from './disk-parts.js';
import { preservedTarget, readTarget, targetOfImage, type ReadTarget, type Target } from './disk-target.js';
import { formatRbd, isRbd, parseRbd, rbdOption } from './rbd.js';
import type { XlAtom } from '../xl-syntax/ast.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const disks: XlDescriptor<'disks'> = {
  field: 'disks',
  keys: { disk: 'devices/disk' },
  owned: ['disk'],
  read: ({ xl, field, report, options }) => readDisks(xl, field('os'), report, options),
  write: (value, { out, report }) => writeDisks(value, out, report),
};

/** Reads `disk = [ ... ]` in every form of xl-disk-configuration(5). */
function readDisks(xl: XlReader, os: Os, report: Report, options: FormatOptions): readonly Disk[] {
  return (xl.list('disk') ?? []).flatMap((atom) => readDisk(atom, os, report, options) ?? []);
}

function readDisk(atom: XlAtom, os: Os, report: Report, options: FormatOptions): Disk | undefined {
  const parts = readDiskParts(atom, report);
  if (!parts) return undefined;
  const { vdev, backend, backendDomain, cdrom = false, target = '' } = parts;
  if (!vdev) {
    report.add(
      'value-missing',
      'no vdev specified: under which name should the guest see the disk?',
      atom.span,
    );
    return undefined;
  }
  const empty = cdrom && (target === '' || parts.format === 'empty');
  if (!empty && target === '') {
    report.add('value-missing', 'no target specified, and the device is not removable', atom.span);
    return undefined;
  }
  // libvirt's converter copies an empty name, but not one that is absent.
  const nothing: DiskSource | undefined =
    isLibvirts(options) && parts.target === '' ? { kind: 'file', path: '' } : undefined;
  const { source, others } = empty
    ? { source: nothing, others: parts.others }
    : sourceOf(target, parts, atom, report, options);
  const name = nameOf(vdev, report);
  const disk: Disk = omitUndefined({
    device: cdrom ? 'cdrom' : 'disk',
    source,
    format: parts.format === 'empty' ? 'raw' : (parts.format ?? 'raw'),
    backend,
    target: name,
    bus: isLibvirts(options) ? libvirtsBus(vdev.text, os) : busOfName(name, os),
    readonly: cdrom || parts.access === 'r',
    backendDomain,
    xlParameters: others.length > 0 ? others : undefined,
  });
  return withOrigin(disk, atom.span, { target: vdev.span });
}

/** An HVM guest's disk of any other name than `xvd` and `sd` is on IDE to libvirt's converter (xenParseXLDisk). */
const libvirtsBus = (vdev: string, os: Os): DiskBus =>
  os.type === 'hvm' && /^(?!xvd|sd)[a-z]+d[a-z]/.test(vdev) ? 'ide' : busOfName(vdev, os);

/** Without a backend xl looks at the path itself; /dev is where block devices are, and where a relative path is looked for. */
function sourceOf(
  path: string,
  parts: DiskParts,
  atom: XlAtom,
  report: Report,
  options: FormatOptions,
): ReadTarget {
  const { backend, others } = parts;
  const isForQemu = backend === undefined || backend === 'qdisk';
  const isScript = scriptOf(others) !== undefined;
  if (isRbd(path) && isForQemu && !isScript) {
    const rbd = parseRbd(path, others);
    if (rbd) return { source: rbd, others };
    const message = `'${path}' does not specify a pool and image of a Ceph cluster`;
    report.add(unlessLibvirts('value-invalid', options), message, atom.span);
    const [, name] = /^rbd:([^/:@,]+)$/.exec(path) ?? [];
    if (isLibvirts(options) && name !== undefined)
      return { source: { kind: 'rbd', name, monitors: [] }, others };
  }
  const format = parts.format === 'empty' || parts.format === undefined ? 'raw' : parts.format;
  // libxl rejects a script with another backend, and looks at a URL as at a path unless QEMU serves the disk.
  const found = isForQemu || isScript ? readTarget(path, others, format) : undefined;
  if (found) return found;
  const isRelative = backend !== 'qdisk' && /^[^/:][^:]*$/.test(path);
  const whole = isRelative ? `/dev/${path}` : path;
  const block = backend === 'phy' || (backend === undefined && whole.startsWith('/dev/'));
  return { source: { kind: block ? 'block' : 'file', path: whole }, others };
}

/** `d4p1` and the device number 51777 are other forms of xvde1 (libxl_device.c); libvirt supports the latter. */
function nameOf({ text, span }: { readonly text: string; readonly span: Span }, report: Report): string {
  const [, disk, partition] = /^d([0-9]{1,7})p([0-9]{1,3})$/.exec(text) ?? [];
  if (disk !== undefined && partition !== undefined) {
    return `xvd${driveLetters(Number(disk))}${partition === '0' ? '' : Number(partition)}`;
  }
  if (!/^[0-9]/.test(text)) return text;
  const number = parseInteger(text);
  const name = number === undefined ? undefined : diskNameOf(number);
  if (name === undefined) {
    const message = `the device number ${text} is not that of a disk named xvd, hd or sd, which libvirt requires`;
    report.add('device-unsupported', message, span);
    return text;
  }
  report.add('converted', `device number ${text} converted to the name of the disk, '${name}'`, span);
  return name;
}

/** A preserved `backendtype=standalone` overrides libvirt's default, which would contradict it. */
const backendOf = ({ backend, xlParameters = [] }: Disk): DiskBackend | undefined =>
  xlParameters.includes('backendtype=standalone') ? undefined : backend;

/**
 * xl resolves a relative path in /dev (xl-disk-configuration(5)), QEMU does not: a block device is written with its
 * whole path, and a file is an error, because nothing specifies its directory.
 */
function absolutePath(disk: Disk, report: Report): string | undefined {
  const path = pathOf(disk.source);
  const isScript = scriptOf(disk.xlParameters) !== undefined;
  if (path === undefined || path === '' || /^\/|:/.test(path) || isScript) return path;
  if (disk.source?.kind === 'block') return `/dev/${path}`;
  const message = `disk '${disk.target}': path '${path}' is relative; xl would look for it in /dev`;
  report.add('xl-unrepresentable', message, originOf(disk, 'source'), 'write an absolute path');
  return path;
}

/** How a source is written, and who has to serve it. */
type WrittenSource = Partial<Target> & { readonly backend?: DiskBackend | undefined };

/** Only QEMU opens URLs and images of Ceph: libxl does not look at what is behind target= then. Scripts make block devices. */
function writeSource(disk: Disk, report: Report): WrittenSource | 'unrepresentable' {
  const { source, xlParameters = [] } = disk;
  const preserved = preservedTarget(disk, report);
  if (preserved?.script !== undefined) {
    const backend = disk.backend === 'phy' ? disk.backend : undefined;
    return { ...preserved, backend };
  }
  if (source?.kind === 'rbd') {
    reportUrl(disk, 'Ceph', report);
    return { target: formatRbd(source, xlParameters), backend: 'qdisk' };
  }
  if (source?.kind !== 'network') {
    const target = absolutePath(disk, report);
    return omitUndefined({ target, backend: backendOf(disk) });
  }
  const target = preserved ?? targetOfImage(source, disk.format);
  if (!target) {
    const message = `disk '${disk.target}': no URL of QEMU means this ${source.protocol} image`;
    report.add('xl-unrepresentable', message, originOf(disk, 'source'), attachHint);
    return 'unrepresentable';
  }
  if (target.script !== undefined) return target;
  reportUrl(disk, source.protocol, report);
  return { ...target, backend: 'qdisk' };
}

function reportUrl(disk: Disk, what: string, report: Report): void {
  report.add('disk-network', imageOnUrl(disk, what), originOf(disk, 'source'), attachHint);
}

/** Writes each disk as libvirt does; `target=` stands last, because it may hold commas. */
function writeDisks(disks: readonly Disk[], out: XlOutput, report: Report): void {
  for (const disk of disks) {
    const origin = originOf(disk);
    const preserved = disk.xlParameters ?? [];
    const written = writeSource(disk, report);
    if (written === 'unrepresentable') continue;
    const { target: path, script, backend } = written;
    if (disk.backend !== undefined && disk.backend !== backend && backendOf(disk) !== undefined) {
      const who = backend === 'qdisk' ? 'QEMU' : 'the block device of a script';
      const message = `${who} serves disk '${disk.target}'; it cannot have backend ${disk.backend}`;
      report.add('converted', message, originOf(disk, 'backend'));
    }
    if (disk.backendDomain?.includes(',')) {
      const message = `disk '${disk.target}': its backend contains a comma, which xl.cfg cannot escape`;
      report.add('xl-unrepresentable', message, origin);
      continue;
    }
    if (script !== undefined && /[,\n]/.test(script)) {
      const message = `disk '${disk.target}': its script contains a comma or line break, which xl.cfg cannot escape`;
      report.add('xl-unrepresentable', message, origin);
      continue;
    }
    if (path !== undefined && /,$|\n/.test(path)) {
      const why = path.endsWith(',')
        ? 'ends in a comma, which xl removes'
        : 'contains a line break, where xl stops reading';
      report.add('xl-unrepresentable', `disk '${disk.target}': its path ${why}`, originOf(disk, 'source'));
      continue;
    }
    const parts = [
      `format=${disk.format}`,
      `vdev=${disk.target}`,
      `access=${disk.readonly || disk.device === 'cdrom' ? 'ro' : 'rw'}`,
      ...(backend ? [`backendtype=${backend}`] : []),
      ...(disk.device === 'cdrom' ? ['devtype=cdrom'] : []),
      ...(disk.backendDomain === undefined ? [] : [`backend=${disk.backendDomain}`]),
      ...preservedParameters(
        preserved.filter((text) => !rbdOption.test(text) && !isOfSource(text)),
        xlOnly,
        `disk '${disk.target}'`,
        report,
        origin,
      ),
      ...(script === undefined ? [] : [`script=${script}`]),
      ...(path === undefined ? [] : [`target=${path}`]),
    ];
    out.append('disk', parts.join(','), origin);
  }
}
