import { quoted } from '../../text/controls.js';
import { XenstoreError } from './error.js';

declare const brand: unique symbol;

/** The path of a node, checked: absolute, or relative to the caller's own /local/domain/DOMID. */
export type XenstorePath = string & { readonly [brand]: 'XenstorePath' };

/** What can be watched besides nodes: the creation of domains, and their destruction. */
export type DomainEvent = '@introduceDomain' | '@releaseDomain';

/**
 * XENSTORE_ABS_PATH_MAX and XENSTORE_REL_PATH_MAX of xs_wire.h, in bytes, both including the NUL. A daemon can have
 * a lower limit (xenstored 4.17 and oxenstored: 2048) and then returns EINVAL.
 */
const limits = { absolute: 3072, relative: 2048 } as const;

/**
 * Checks a path as the daemons do, before it is sent.
 *
 * @throws XenstoreError EINVAL for an empty path, one that is too long, has an empty component or a trailing slash,
 *   or a character other than A-Z a-z 0-9 - _ @ (docs/misc/xenstore.txt); a dot is not allowed either
 */
export function xenstorePath(text: string): XenstorePath {
  const wrong = whatIsWrong(text);
  if (wrong === undefined) return text as XenstorePath;
  throw new XenstoreError('EINVAL', { path: text, reason: wrong });
}

/**
 * The path of a node below another. Each name is one component: the result is always below.
 *
 * @throws XenstoreError EINVAL if a name is empty or contains an invalid character, such as `/`
 */
export function below(path: XenstorePath, ...names: readonly (string | number)[]): XenstorePath {
  for (const name of names) {
    if (/^[-\w@]+$/.test(String(name))) continue;
    throw new XenstoreError('EINVAL', {
      path: `${path}/${name}`,
      reason: `'${name}' is not a valid node name`,
    });
  }
  return xenstorePath([path === '/' ? '' : path, ...names].join('/'));
}

/** Whether a path is the root, which must not be removed: oxenstored would remove everything. */
export const isRoot = (path: XenstorePath): boolean => path === '/';

function whatIsWrong(text: string): string | undefined {
  if (text === '') return 'the path is empty';
  if (text === '/') return undefined;
  const limit = text.startsWith('/') ? limits.absolute : limits.relative;
  // Every character that is allowed is one byte.
  if (text.length >= limit) return `path of ${text.length} bytes; the maximum is ${limit - 1}`;
  const character = /[^-/\w@]/u.exec(text)?.[0];
  if (character !== undefined) return `${quoted(character)} is not valid in a path`;
  if (text.endsWith('/')) return "the path ends in '/'";
  if (text.includes('//')) return "the path contains '//'";
  return undefined;
}
