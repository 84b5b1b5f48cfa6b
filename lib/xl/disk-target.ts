import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { pathOf, type Disk, type DiskFormat, type DiskSource, type NetworkImage } from '../model/disk.js';
import { isOfSource, scriptOf, targetOf, targetParameter } from '../model/disk-parameters.js';
import type { HostPort } from '../model/host-port.js';
import { formatUrl, parseUrl, portalOf } from './network-url.js';

/**
 * Where the bytes of a disk are, as a disk string specifies it: what is behind `target=`, and the script that makes a
 * block device of it (xl-disk-configuration(5), docs/misc/block-scripts.txt of Xen).
 */
export interface Target {
  readonly target: string;
  readonly script?: string;
}

/** A name that a shell does not split or expand: the script uses its words without quotes. */
const plainIqn = /^(?:iqn|eui|naa)\.[A-Za-z0-9.:_-]+$/;

/** Xen's script attaches LUN 0 of an iSCSI target as a raw device. With it the disk works in guests of every type. */
function iscsiScript({ protocol, name = '', server }: NetworkImage, format: DiskFormat): Target | undefined {
  const [iqn = '', lun = '0', more] = name.split('/');
  const isFirst = lun === '0' && more === undefined;
  const portal = portalOf(server);
  if (protocol !== 'iscsi' || format !== 'raw' || !isFirst || portal === undefined || !plainIqn.test(iqn)) {
    return undefined;
  }
  return { script: 'block-iscsi', target: `iqn=${iqn},portal=${portal}` };
}

/** How an image on a server is written: by a script, else as a URL for QEMU; nothing if xl.cfg cannot express it. */
export function targetOfImage(image: NetworkImage, format: DiskFormat): Target | undefined {
  const script = iscsiScript(image, format);
  if (script) return script;
  const url = formatUrl(image);
  return url === undefined ? undefined : { target: url };
}

/** What the scripts of Xen and DRBD open, where their targets have the usual form. Others are the administrator's. */
const scripts: Readonly<Record<string, (target: string) => DiskSource | undefined>> = {
  'block-iscsi': (target) => {
    const [, iqn, v6, v4, port] =
      /^iqn=([^,]+),portal=(?:\[([^\]]+)\]|([0-9.]+))(?::([0-9]+))?$/.exec(target) ?? [];
    const host = v6 ?? v4;
    if (iqn === undefined || host === undefined) return undefined;
    const server: HostPort = omitUndefined({ host, port });
    return { kind: 'network', protocol: 'iscsi', name: `${iqn}/0`, server };
  },
  // The link to the first volume of a resource is made by DRBD's udev rules.
  'block-drbd': (target) =>
    /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(target)
      ? { kind: 'block', path: `/dev/drbd/by-res/${target}/0` }
      : undefined,
  'block-nbd': (target) => {
    const [, host, port] = /^([A-Za-z0-9._-]+)[: ]([0-9]{1,5})$/.exec(target) ?? [];
    if (host === undefined || port === undefined) return undefined;
    return { kind: 'network', protocol: 'nbd', server: { host, port } };
  },
  'block-rbd': (target) =>
    /^[^/:@, \n]+\/[^/:@, \n]+$/.test(target) ? { kind: 'rbd', name: target, monitors: [] } : undefined,
};

/** The source that a script opens, or that a URL means; the target itself where neither is known. */
function sourceOfTarget({ target, script }: Target): DiskSource {
  const read = script !== undefined && Object.hasOwn(scripts, script) ? scripts[script] : undefined;
  const known = script === undefined ? parseUrl(target) : read?.(target);
  const isBlock = target.startsWith('/dev/') || (script !== undefined && !target.startsWith('/'));
  return known ?? { kind: isBlock ? 'block' : 'file', path: target };
}

/** What a target means, and the parameters that are preserved beside it. */
export interface ReadTarget {
  readonly source: DiskSource;
  readonly others: readonly string[];
}

/**
 * Reads the target of a disk that a script opens, or QEMU by a URL.
 * @param others its other parameters
 * @returns nothing if it is a plain path; the parameters include what the source alone would not be written as
 */
export function readTarget(
  target: string,
  others: readonly string[],
  format: DiskFormat,
): ReadTarget | undefined {
  const script = scriptOf(others);
  if (script === undefined && !parseUrl(target)) return undefined;
  const source = sourceOfTarget(omitUndefined({ target, script }));
  const isSamePath = 'path' in source && source.path === target;
  if (isSamePath) return target.startsWith('/') ? undefined : { source, others };
  const written = source.kind === 'network' ? targetOfImage(source, format) : undefined;
  if (written?.target !== target) return { source, others: [...others, targetParameter(target)] };
  return { source, others: script === written.script ? others.filter((text) => !isOfSource(text)) : others };
}

/**
 * The preserved script and target of a disk, as long as they mean its source; another source has been given to it since
 * then, and what is preserved must not take its place.
 */
export function preservedTarget(disk: Disk, report: Report): Target | undefined {
  const [script, text] = [scriptOf(disk.xlParameters), targetOf(disk.xlParameters)];
  if (script === undefined && text === undefined) return undefined;
  const target = text ?? pathOf(disk.source);
  if (disk.source && target !== undefined) {
    const found: Target = omitUndefined({ target, script });
    const source = sourceOfTarget(found);
    const isSamePath = 'path' in source && source.path === pathOf(disk.source);
    if (isSamePath || isSame(source, disk.source)) return found;
  }
  const what = text === undefined ? `script=${script ?? ''}` : `target=${text}`;
  const message = `disk '${disk.target}': '${what}' is for another source`;
  report.add('preserved-conflict', message, originOf(disk, 'source'));
  return undefined;
}

/** Whether two sources are the same, in whichever order their parts were read. */
function isSame(one: DiskSource, other: DiskSource): boolean {
  const text = (source: DiskSource): string =>
    JSON.stringify(source, (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  return text(one) === text(other);
}
