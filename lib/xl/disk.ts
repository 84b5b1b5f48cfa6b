import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import type { Span } from '../diagnostics/span.js';
import {
  busOfName,
  pathOf,
  type Disk,
  type DiskBackend,
  type DiskFormat,
  type DiskSource,
} from '../model/disk.js';
import { driveLetters } from '../model/drive-letters.js';
import type { Os } from '../model/os.js';
import type { XlOutput } from './output.js';
import { preservedParameters } from './parameters.js';
import { formatRbd, isRbd, parseRbd, rbdOption } from './rbd.js';
import { spanWithin, type XlAtom } from '../xl-syntax/ast.js';
import type { XlReader } from './reader.js';
import type { XlDescriptor } from './descriptor.js';

export const disks: XlDescriptor<'disks'> = {
  field: 'disks',
  keys: { disk: 'devices/disk' },
  owned: ['disk'],
  read: ({ xl, field, report }) => readDisks(xl, field('os'), report),
  write: (value, { out, report }) => writeDisks(value, out, report),
};

/** What the parts of a disk string say, before they are made sense of together. */
interface Parts {
  target?: string;
  format?: DiskFormat | 'empty';
  vdev?: { readonly text: string; readonly span: Span };
  access?: 'r' | 'w';
  backend?: DiskBackend;
  backendDomain?: string;
  cdrom?: boolean;
  hadPrefix?: boolean;
  readonly others: string[];
}

const formats: Readonly<Record<string, DiskFormat | 'empty'>> = {
  '': 'raw',
  raw: 'raw',
  qcow: 'qcow',
  qcow2: 'qcow2',
  vhd: 'vhd',
  qed: 'qed',
  empty: 'empty',
};
const accesses: Readonly<Record<string, 'r' | 'w'>> = { r: 'r', ro: 'r', rw: 'w', w: 'w', '': 'w' };
const backends: Readonly<Record<string, DiskBackend>> = { phy: 'phy', qdisk: 'qdisk', tap: 'tap' };

/** Parameters and flags that libxlu_disk_l.l knows and libvirt has no word for. */
const xlOnly =
  /^(?:(?:script|specification|colo-host|colo-port|colo-export|active-disk|hidden-disk|grant_usage)=|(?:backendtype=standalone|direct-io-safe|discard|no-discard|colo|no-colo|trusted|untrusted)$)/;

/** Reads `disk = [ ... ]` in every form of xl-disk-configuration(5). */
function readDisks(xl: XlReader, os: Os, report: Report): readonly Disk[] {
  return (xl.list('disk') ?? []).flatMap((atom) => readDisk(atom, os, report) ?? []);
}

function readDisk(atom: XlAtom, os: Os, report: Report): Disk | undefined {
  const parts = readParts(atom, report);
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

/** Follows libxlu_disk_l.l: named parameters, flags, deprecated prefixes, then positions; `target=` eats the rest. */
function readParts(atom: XlAtom, report: Report): Parts | undefined {
  const parts: Parts = { others: [] };
  let rest = atom.text;
  while ((rest = rest.replace(/^[ \t\n]+/, '')) !== '') {
    const start = atom.text.length - rest.length;
    const refuse = (why: string, text: string): undefined => {
      report.add('value-invalid', `disk: ${why}: '${text}'`, spanWithin(atom, start, start + text.length));
      return undefined;
    };
    if (rest.startsWith('target=')) {
      if (parts.target) return refuse('target respecified', rest);
      parts.target = rest.slice('target='.length).replace(/,$/, '');
      return parts;
    }
    const prefix =
      /^([a-z][a-z0-9]*):(?![a-z0-9])|^(raw|qcow2?|vhd|tapdisk|tap2?|aio|ioemu|file|phy|iscsi|e?nbd|drbd):/.exec(
        rest,
      );
    if (prefix) {
      const name = prefix[0].slice(0, -1);
      if (!readPrefix(name, parts)) return refuse('unknown deprecated disk prefix', prefix[0]);
      rest = rest.slice(prefix[0].length);
      continue;
    }
    const text = /^[^,]*/.exec(rest)?.[0] ?? '';
    rest = rest.slice(text.length + 1);
    const span = spanWithin(atom, start, start + text.length);
    const problem =
      text.includes('=') || isFlag(text) ? readNamed(text, span, parts) : readPosition(text, span, parts);
    if (problem) return refuse(problem, text);
  }
  return parts;
}

const isFlag = (text: string): boolean => text === 'cdrom' || xlOnly.test(text);

function readPrefix(name: string, parts: Parts): boolean {
  parts.hadPrefix = true;
  const format = name === '' ? undefined : formats[name];
  if (format) parts.format = format;
  else if (/^(?:iscsi|e?nbd|drbd)$/.test(name)) parts.others.push(`script=block-${name}`);
  else return /^(?:tapdisk|tap2?|aio|ioemu|file|phy)$/.test(name);
  return true;
}

/** @returns what is wrong, if anything is */
function readNamed(text: string, span: Span, parts: Parts): string | undefined {
  if (xlOnly.test(text)) {
    parts.others.push(text);
    return undefined;
  }
  if (text === 'cdrom') {
    parts.cdrom = true;
    return undefined;
  }
  const equals = text.indexOf('=');
  const value = text.slice(equals + 1);
  switch (text.slice(0, equals)) {
    case 'format':
      return setFormat(value, parts);
    case 'access':
      return setAccess(value, parts);
    case 'vdev':
      return setVdev(value, span, parts);
    case 'backend':
      parts.backendDomain = value;
      return undefined;
    case 'devtype':
      if (value !== 'cdrom' && value !== 'disk') return 'unknown value for type';
      parts.cdrom = value === 'cdrom';
      return undefined;
    case 'backendtype':
      if (!Object.hasOwn(backends, value)) return 'unknown value for backendtype';
      else if (parts.backend && parts.backend !== value) return 'backend respecified';
      else parts.backend = backends[value] ?? 'phy';
      return undefined;
    default:
      return /^[a-z][-a-z0-9]*=/.test(text) ? 'unknown parameter' : 'bad disk syntax';
  }
}

function readPosition(text: string, span: Span, parts: Parts): string | undefined {
  if (parts.target === undefined) {
    parts.target = text;
  } else if (!parts.hadPrefix && parts.format === undefined) {
    // An empty target may be followed by VDEV:cdrom at once.
    if (parts.target !== '' || !text.includes(':')) return setFormat(text, parts);
    parts.format = 'empty';
    return setVdevAndType(text, span, parts);
  } else if (parts.vdev === undefined) {
    return text.includes(':') ? setVdevAndType(text, span, parts) : setVdev(text, span, parts);
  } else if (parts.access === undefined) {
    return setAccess(text, parts);
  } else {
    return 'too many positional parameters';
  }
  return undefined;
}

function setFormat(value: string, parts: Parts): string | undefined {
  const format = Object.hasOwn(formats, value) ? formats[value] : undefined;
  if (!format) return 'unknown value for format';
  if (parts.format && parts.format !== format) return 'format respecified';
  parts.format = format;
  return undefined;
}

function setAccess(value: string, parts: Parts): string | undefined {
  const access = Object.hasOwn(accesses, value) ? accesses[value] : undefined;
  if (!access) return 'unknown value for access';
  parts.access = access;
  return undefined;
}

function setVdev(text: string, span: Span, parts: Parts): string | undefined {
  if (parts.vdev !== undefined && parts.vdev.text !== '') return 'vdev respecified';
  parts.vdev = { text, span };
  return undefined;
}

function setVdevAndType(text: string, span: Span, parts: Parts): string | undefined {
  const colon = text.lastIndexOf(':');
  const type = text.slice(colon + 1);
  if (type !== 'cdrom' && type !== 'disk') return 'unknown deprecated type';
  parts.cdrom = type === 'cdrom';
  return setVdev(text.slice(0, colon), { start: span.start, end: span.start + colon }, parts);
}

/** Without a backend xl looks at the path itself; /dev is where block devices are, and where a relative path is looked for. */
function sourceOf(path: string, parts: Parts, atom: XlAtom, report: Report): DiskSource {
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

/** `d4p1` is another way to write xvde1 (libxl_device.c); libvirt knows the latter. */
function nameOf({ text, span }: { readonly text: string; readonly span: Span }, report: Report): string {
  const [, disk, partition] = /^d([0-9]{1,7})p([0-9]{1,3})$/.exec(text) ?? [];
  if (disk !== undefined && partition !== undefined) {
    return `xvd${driveLetters(Number(disk))}${partition === '0' ? '' : Number(partition)}`;
  }
  if (/^[0-9]/.test(text))
    report.add('device-unsupported', `libvirt cannot express the device number ${text}`, span);
  return text;
}

/** A preserved `backendtype=standalone` is what the config had: libvirt's own default would contradict it. */
const backendOf = ({ backend, xlParameters = [] }: Disk): DiskBackend | undefined =>
  xlParameters.includes('backendtype=standalone') ? undefined : backend;

/**
 * xl looks for a relative path in /dev (xl-disk-configuration(5)), where QEMU would not: a block device is
 * written with its whole path, and a file is an error, since nothing specifies its directory.
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

/** Writes each disk as libvirt does; `target=` stands last, because it may hold commas. */
function writeDisks(disks: readonly Disk[], out: XlOutput, report: Report): void {
  for (const disk of disks) {
    const origin = originOf(disk);
    const preserved = disk.xlParameters ?? [];
    // Only QEMU knows Ceph, and libxl does not look at what stands behind target= .
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
