import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';
import type { DiskBackend, DiskFormat } from '../model/disk.js';
import { spanWithin, type XlAtom } from '../xl-syntax/ast.js';

/** The parts of a disk string, before they are interpreted. */
export interface DiskParts {
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

/** Parameters and flags of libxlu_disk_l.l that libvirt cannot express. */
export const xlOnly =
  /^(?:(?:script|specification|colo-host|colo-port|colo-export|active-disk|hidden-disk|grant_usage)=|(?:backendtype=standalone|direct-io-safe|discard|no-discard|colo|no-colo|trusted|untrusted)$)/;

const deprecatedPrefix =
  /^(?:[a-z][a-z0-9]*:(?![a-z0-9])|(?:raw|qcow2?|vhd|tapdisk|tap2?|aio|ioemu|file|phy|iscsi|e?nbd|drbd):)/;

/** Follows libxlu_disk_l.l: named parameters, flags, deprecated prefixes, then positions; `target=` takes the rest. */
export function readDiskParts(atom: XlAtom, report: Report): DiskParts | undefined {
  const parts: DiskParts = { others: [] };
  let next = 0;
  for (;;) {
    const start = afterBlanks(atom.text, next);
    if (start >= atom.text.length) return parts;
    const rest = atom.text.slice(start);
    const refuse = (why: string, text: string): undefined => {
      report.add('value-invalid', `disk: ${why}: '${text}'`, spanWithin(atom, start, start + text.length));
      return undefined;
    };
    if (rest.startsWith('target=')) {
      if (parts.target) return refuse('target respecified', rest);
      parts.target = rest.slice('target='.length).replace(/,$/, '');
      return parts;
    }
    const comma = rest.indexOf(',');
    const text = comma < 0 ? rest : rest.slice(0, comma);
    const prefix = text.includes(':') ? deprecatedPrefix.exec(text)?.[0] : undefined;
    if (prefix !== undefined) {
      if (!readPrefix(prefix.slice(0, -1), parts)) return refuse('unknown deprecated disk prefix', prefix);
      next = start + prefix.length;
      continue;
    }
    const span = spanWithin(atom, start, start + text.length);
    next = start + text.length + 1;
    const problem =
      text.includes('=') || isFlag(text) ? readNamed(text, span, parts) : readPosition(text, span, parts);
    if (problem) return refuse(problem, text);
  }
}

function afterBlanks(text: string, start: number): number {
  let at = start;
  while (' \t\n'.includes(text.charAt(at)) && at < text.length) at += 1;
  return at;
}

const isFlag = (text: string): boolean => text === 'cdrom' || xlOnly.test(text);

function readPrefix(name: string, parts: DiskParts): boolean {
  parts.hadPrefix = true;
  const format = name === '' ? undefined : formats[name];
  if (format) parts.format = format;
  else if (/^(?:iscsi|e?nbd|drbd)$/.test(name)) parts.others.push(`script=block-${name}`);
  else return /^(?:tapdisk|tap2?|aio|ioemu|file|phy)$/.test(name);
  return true;
}

/** @returns the error, if any */
function readNamed(text: string, span: Span, parts: DiskParts): string | undefined {
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

function readPosition(text: string, span: Span, parts: DiskParts): string | undefined {
  if (parts.target === undefined) {
    parts.target = text;
  } else if (!parts.hadPrefix && parts.format === undefined) {
    // An empty target can be followed by VDEV:cdrom immediately.
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

function setFormat(value: string, parts: DiskParts): string | undefined {
  const format = Object.hasOwn(formats, value) ? formats[value] : undefined;
  if (!format) return 'unknown value for format';
  if (parts.format && parts.format !== format) return 'format respecified';
  parts.format = format;
  return undefined;
}

function setAccess(value: string, parts: DiskParts): string | undefined {
  const access = Object.hasOwn(accesses, value) ? accesses[value] : undefined;
  if (!access) return 'unknown value for access';
  parts.access = access;
  return undefined;
}

function setVdev(text: string, span: Span, parts: DiskParts): string | undefined {
  if (parts.vdev !== undefined && parts.vdev.text !== '') return 'vdev respecified';
  parts.vdev = { text, span };
  return undefined;
}

function setVdevAndType(text: string, span: Span, parts: DiskParts): string | undefined {
  const colon = text.lastIndexOf(':');
  const type = text.slice(colon + 1);
  if (type !== 'cdrom' && type !== 'disk') return 'unknown deprecated type';
  parts.cdrom = type === 'cdrom';
  return setVdev(text.slice(0, colon), { start: span.start, end: span.start + colon }, parts);
}
