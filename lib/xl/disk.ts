import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { Span } from '../diagnostics/span.js';
import { busOfName, pathOf, type Disk, type DiskBackend, type DiskSource } from '../model/disk.js';
import { driveLetters } from '../model/drive-letters.js';
import type { Os } from '../model/os.js';
import type { XlOutput } from './output.js';
import { preservedParameters } from './parameters.js';
import { readDiskParts, xlOnly, type DiskParts } from './disk-parts.js';
import { formatRbd, isRbd, parseRbd, rbdOption } from './rbd.js';
import type { XlAtom } from '../xl-syntax/ast.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const disks: XlDescriptor<'disks'> = {
  field: 'disks',
  keys: { disk: 'devices/disk' },
  owned: ['disk'],
  read: ({ xl, field, report }) => readDisks(xl, field('os'), report),
  write: (value, { out, report }) => writeDisks(value, out, report),
};

/** Reads `disk = [ ... ]` in every form of xl-disk-configuration(5). */
function readDisks(xl: XlReader, os: Os, report: Report): readonly Disk[] {
  return (xl.list('disk') ?? []).flatMap((atom) => readDisk(atom, os, report) ?? []);
}

function readDisk(atom: XlAtom, os: Os, report: Report): Disk | undefined {
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
  const source = empty ? undefined : sourceOf(target, parts, atom, report);
  const disk: Disk = {
    device: cdrom ? 'cdrom' : 'disk',
    ...(source && { source }),
    format: parts.format === 'empty' ? 'raw' : (parts.format ?? 'raw'),
    ...(backend && { backend }),
    target: nameOf(vdev, report),
    bus: busOfName(vdev.text, os),
    readonly: cdrom || parts.access === 'r',
    ...(backendDomain !== undefined && { backendDomain }),
    ...(parts.others.length > 0 && { xlParameters: parts.others }),
  };
  return withOrigin(disk, atom.span, { target: vdev.span });
}

/** Without a backend, xl checks the path itself; block devices are in /dev, where relative paths are resolved. */
function sourceOf(path: string, parts: DiskParts, atom: XlAtom, report: Report): DiskSource {
  const { backend } = parts;
  if (isRbd(path) && (backend === undefined || backend === 'qdisk')) {
    const rbd = parseRbd(path, parts.others);
    if (rbd) return rbd;
    report.add('value-invalid', `'${path}' does not specify a pool and image of a Ceph cluster`, atom.span);
  }
  const isScript = parts.others.some((parameter) => parameter.startsWith('script='));
  const isRelative = backend !== 'qdisk' && !isScript && /^[^/:][^:]*$/.test(path);
  const whole = isRelative ? `/dev/${path}` : path;
  const block = backend === 'phy' || (backend === undefined && whole.startsWith('/dev/'));
  return { kind: block ? 'block' : 'file', path: whole };
}

/** `d4p1` is another form of xvde1 (libxl_device.c); libvirt supports the latter. */
function nameOf({ text, span }: { readonly text: string; readonly span: Span }, report: Report): string {
  const [, disk, partition] = /^d([0-9]{1,7})p([0-9]{1,3})$/.exec(text) ?? [];
  if (disk !== undefined && partition !== undefined) {
    return `xvd${driveLetters(Number(disk))}${partition === '0' ? '' : Number(partition)}`;
  }
  if (/^[0-9]/.test(text))
    report.add('device-unsupported', `libvirt cannot express the device number ${text}`, span);
  return text;
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
  const isScript = disk.xlParameters?.some((parameter) => parameter.startsWith('script=')) ?? false;
  if (path === undefined || path === '' || /^\/|:/.test(path) || isScript) return path;
  if (disk.source?.kind === 'block') return `/dev/${path}`;
  const message = `disk '${disk.target}': path '${path}' is relative; xl would look for it in /dev`;
  report.add('xl-unrepresentable', message, originOf(disk, 'source'), 'write an absolute path');
  return path;
}

/** Writes each disk as libvirt does; `target=` is last, because it can contain commas. */
function writeDisks(disks: readonly Disk[], out: XlOutput, report: Report): void {
  for (const disk of disks) {
    const origin = originOf(disk);
    const preserved = disk.xlParameters ?? [];
    // Only QEMU supports Ceph, and libxl does not check the text after target= .
    const backend = disk.source?.kind === 'rbd' ? 'qdisk' : backendOf(disk);
    if (disk.backend !== undefined && backend !== undefined && disk.backend !== backend) {
      const message = `QEMU serves images of Ceph; disk '${disk.target}' cannot have ${disk.backend}`;
      report.add('converted', message, originOf(disk, 'backend'));
    }
    const path = disk.source?.kind === 'rbd' ? formatRbd(disk.source, preserved) : absolutePath(disk, report);
    if (disk.backendDomain?.includes(',')) {
      const message = `disk '${disk.target}': its backend contains a comma, which xl.cfg cannot escape`;
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
        preserved.filter((text) => !rbdOption.test(text)),
        xlOnly,
        `disk '${disk.target}'`,
        report,
        origin,
      ),
      ...(path === undefined ? [] : [`target=${path}`]),
    ];
    out.append('disk', parts.join(','), origin);
  }
}
