import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { QemuError } from './error.js';

/** Mode and owner of a socket. */
export interface SocketAccess {
  /** Permission bits; write permission allows a user to connect. */
  readonly mode: number;
  /** Absent: the user that runs virt2xen. */
  readonly owner?: SocketOwner;
}

/** User and group by ID; absent ones are not changed. */
export interface SocketOwner {
  readonly uid?: number;
  readonly gid?: number;
}

/** Root only. */
export const privateAccess: SocketAccess = { mode: 0o600 };

/** Three octal digits, with or without a leading zero. */
export const socketModePattern = /^0?[0-7]{3}$/;

/** USER, USER:GROUP or :GROUP. */
export const socketOwnerPattern = /^(?!$)([^:]*)(?::([^:]+))?$/;

/**
 * Parses a socket mode: three octal digits, with or without a leading zero.
 * @throws QemuError `access`
 */
export function parseMode(text: string): number {
  if (socketModePattern.test(text)) return Number.parseInt(text, 8);
  throw new QemuError('access', `'${text}' is not a valid socket mode; use three octal digits, such as 0660`);
}

/**
 * Parses a socket owner: USER, USER:GROUP or :GROUP, names or IDs. USER alone does not change the group.
 * @throws QemuError `access` for a user or group that does not exist on the host
 */
export async function parseOwner(text: string): Promise<SocketOwner> {
  const [, user = '', group = ''] = socketOwnerPattern.exec(text) ?? [];
  if (user === '' && group === '') {
    throw new QemuError('access', `'${text}' is not a valid socket owner; use USER, USER:GROUP or :GROUP`);
  }
  return {
    ...(user !== '' && { uid: await numberOf('passwd', user) }),
    ...(group !== '' && { gid: await numberOf('group', group) }),
  };
}

const kinds = { passwd: 'user', group: 'group' } as const;

/** chown would interpret -1 as "do not change". */
const highest = 0xffff_fffe;

/** Queries the system's databases, including LDAP and similar ones. */
async function numberOf(database: keyof typeof kinds, name: string): Promise<number> {
  if (/^[0-9]{1,10}$/.test(name) && Number(name) <= highest) return Number(name);
  try {
    const { stdout } = await promisify(execFile)('getent', ['--', database, name], { timeout: 10_000 });
    const found = /^[^:]*:[^:]*:([0-9]+):/.exec(stdout)?.[1];
    if (found !== undefined) return Number(found);
  } catch {
    // Status 2: not found.
  }
  throw new QemuError('access', `${kinds[database]} '${name}' does not exist on this host`);
}
