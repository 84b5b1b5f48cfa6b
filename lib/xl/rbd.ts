import { omitUndefined } from '../language/omit-undefined.js';
import type { RbdImage } from '../model/disk.js';
import { formatHostPort, parseHostPort, type HostPort } from '../model/host-port.js';

/*
 * A Ceph image in the syntax of QEMU's block driver rbd after `target=` (block/rbd.c: qemu_rbd_parse_filename):
 * rbd:POOL/IMAGE[@SNAPSHOT][:OPTION=VALUE...], with a backslash before characters that would end a part. libvirt
 * writes the options in the order of `formatRbd`.
 */

/** Options that libvirt cannot express, as they are preserved: the key, and all other Ceph options. */
export const rbdOption = /^rbd:[a-z0-9_]+=[^,\n]*$/;

export const isRbd = (target: string): boolean => target.startsWith('rbd:');

/**
 * @param others gets the options that libvirt cannot express, as `rbd:OPTION=VALUE`
 * @returns undefined if it contains no pool and image
 */
export function parseRbd(target: string, others: string[]): RbdImage | undefined {
  const [place = '', ...options] = split(target.slice('rbd:'.length), ':');
  const [name = '', snapshot] = split(place, '@').map(unescape);
  if (!/^[^/]+(?:\/[^/]+){1,2}$/.test(name)) return undefined;
  const values = new Map<string, string>();
  for (const option of options) {
    const equals = option.indexOf('=');
    const key = option.slice(0, Math.max(equals, 0));
    if (['mon_host', 'id', 'conf', 'auth_supported'].includes(key)) values.set(key, option.slice(equals + 1));
    else others.push(`rbd:${option}`);
  }
  const value = (key: string): string | undefined => {
    const text = values.get(key);
    return text === undefined ? undefined : unescape(text);
  };
  const [user, configFile] = [value('id'), value('conf')];
  // Both forms depend on whether there is a user; without the option, Ceph decides.
  const usual = user === undefined ? 'none' : 'cephx;none';
  const supported = value('auth_supported');
  if (supported !== usual) others.push(`rbd:auth_supported=${values.get('auth_supported') ?? ''}`);
  return omitUndefined({
    kind: 'rbd',
    name,
    snapshot,
    monitors: monitorsOf(value('mon_host') ?? ''),
    user,
    configFile,
  });
}

/** Preserves the absence of an option that would be written otherwise. */
const notSaid = 'auth_supported=';

/** @param kept options that libvirt cannot express, among other parameters of the disk */
export function formatRbd(image: RbdImage, preserved: readonly string[]): string {
  const { name, snapshot, monitors, user, configFile } = image;
  const options = preserved.filter((text) => rbdOption.test(text)).map((text) => text.slice('rbd:'.length));
  const isAuthPreserved = options.some((option) => option.startsWith('auth_supported='));
  const auth = user === undefined ? 'auth_supported=none' : 'auth_supported=cephx\\;none';
  return [
    `rbd:${escape(name)}${snapshot === undefined ? '' : `@${escape(snapshot)}`}`,
    ...(user === undefined ? [] : [`id=${escape(user)}`]),
    ...options.filter((option) => option !== notSaid),
    ...(isAuthPreserved ? [] : [auth]),
    ...(monitors.length === 0 ? [] : [`mon_host=${escape(monitors.map(formatHostPort).join(';'))}`]),
    ...(configFile === undefined ? [] : [`conf=${escape(configFile)}`]),
  ].join(':');
}

const monitorsOf = (text: string): readonly HostPort[] =>
  text.split(';').flatMap((monitor) => parseHostPort(monitor) ?? []);

/** Splits at a character that is not preceded by a backslash. */
function split(text: string, separator: string): readonly string[] {
  const parts: string[] = [''];
  for (const [piece] of text.matchAll(/\\?[^]/g)) {
    if (piece === separator) parts.push('');
    else parts.push((parts.pop() ?? '') + piece);
  }
  return parts;
}

const unescape = (text: string): string => text.replace(/\\(.)/g, '$1');
const escape = (text: string): string => text.replace(/[\\:;@]/g, '\\$&');
