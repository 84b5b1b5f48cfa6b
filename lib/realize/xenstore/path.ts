import { XenstoreError } from './error.js';

declare const brand: unique symbol;

/** The path of a node, checked: absolute, or relative to the caller's own /local/domain/DOMID. */
export type XenstorePath = string & { readonly [brand]: 'XenstorePath' };

/** What can be watched beside nodes: that a domain came, that one went. */
export type DomainEvent = '@introduceDomain' | '@releaseDomain';

/**
 * XENSTORE_ABS_PATH_MAX and XENSTORE_REL_PATH_MAX of xs_wire.h, in bytes, both with the closing NUL.
 * A daemon may take less (xenstored 4.17 and oxenstored: 2048) and says EINVAL then.
 */
const limits = { absolute: 3072, relative: 2048 } as const;

/**
 * Checks a path as the daemons do, before it is sent.
 *
 * @throws XenstoreError EINVAL for an empty path, one that is too long, has an empty part or a
 *   trailing slash, or a character other than A-Z a-z 0-9 - _ @ (docs/misc/xenstore.txt). A dot is none.
 */
export function xenstorePath(text: string): XenstorePath {
  const wrong = whatIsWrong(text);
  if (wrong === undefined) return text as XenstorePath;
  throw new XenstoreError('EINVAL', { path: text, reason: wrong });
}

/**
 * The path of a node below another. Each name is one node: it cannot climb or branch off.
 *
 * @throws XenstoreError EINVAL if a name is empty or has a character that no node has, `/` among them
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

/** Whether a path is the root of the store, which nobody may remove: oxenstored would wipe it. */
export const isRoot = (path: XenstorePath): boolean => path === '/';

function whatIsWrong(text: string): string | undefined {
  if (text === '') return 'the path is empty';
  if (text === '/') return undefined;
  const limit = text.startsWith('/') ? limits.absolute : limits.relative;
  // Every character that is allowed is one byte.
  if (text.length >= limit) return `path of ${text.length} bytes; the maximum is ${limit - 1}`;
  const character = /[^-/\w@]/u.exec(text)?.[0];
  if (character !== undefined) return `${JSON.stringify(character)} is not valid in a path`;
  if (text.endsWith('/')) return "the path ends in '/'";
  if (text.includes('//')) return "the path contains '//'";
  return undefined;
}
