import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { QemuError } from './error.js';

/** Who may use a socket. */
export interface SocketAccess {
  /** Permission bits; who may connect are those who may write. */
  readonly mode: number;
  /** Absent: whoever runs virt2xen. */
  readonly owner?: SocketOwner;
}

/** User and group by number; what is absent stays as it is. */
export interface SocketOwner {
  readonly uid?: number;
  readonly gid?: number;
}

/** Root alone. */
export const privateAccess: SocketAccess = { mode: 0o600 };

/**
 * Reads `--socket-mode`: three octal digits, a zero before them or not.
 * @throws QemuError `access`
 */
export function parseMode(text: string): number {
  if (/^0?[0-7]{3}$/.test(text)) return Number.parseInt(text, 8);
  throw new QemuError('access', `'${text}' is no mode of a socket: three octal digits are, such as 0660`);
}

/**
 * Reads `--socket-owner`: USER, USER:GROUP or :GROUP, names or numbers. USER alone leaves the group.
 * @throws QemuError `access` for a user or group that the host does not know
 */
export async function parseOwner(text: string): Promise<SocketOwner> {
  const [, user = '', group = ''] = /^([^:]*)(?::([^:]+))?$/.exec(text) ?? [];
  if (user === '' && group === '') {
    throw new QemuError('access', `'${text}' is no owner of a socket: USER, USER:GROUP and :GROUP are`);
  }
  return {
    ...(user !== '' && { uid: await numberOf('passwd', user) }),
    ...(group !== '' && { gid: await numberOf('group', group) }),
  };
}

const kinds = { passwd: 'user', group: 'group' } as const;

/** -1 would mean "leave it" to chown. */
const highest = 0xffff_fffe;

/** Asks the system's databases, LDAP and the like among them. */
async function numberOf(database: keyof typeof kinds, name: string): Promise<number> {
  if (/^[0-9]{1,10}$/.test(name) && Number(name) <= highest) return Number(name);
  try {
    const { stdout } = await promisify(execFile)('getent', ['--', database, name], { timeout: 10_000 });
    const found = /^[^:]*:[^:]*:([0-9]+):/.exec(stdout)?.[1];
    if (found !== undefined) return Number(found);
  } catch {
    // Status 2: there is none.
  }
  throw new QemuError('access', `this host knows no ${kinds[database]} '${name}'`);
}
