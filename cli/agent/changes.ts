import { addSshKeys, getSshKeys, removeSshKeys, setPassword } from '../../lib/agent/commands/accounts.js';
import { shutdown, suspend, type SuspendMode } from '../../lib/agent/commands/power.js';
import { freeze, thaw, trim } from '../../lib/agent/commands/storage.js';
import { setTime } from '../../lib/agent/commands/system.js';
import type { AgentRequest } from '../../lib/agent/request.js';
import { columns } from '../columns.js';
import { UsageError } from './arguments.js';
import type { AgentContext, Shown } from './context.js';
import { readLines, readSecret } from './input.js';

type Change = (context: AgentContext) => Promise<Shown>;

/** The commands that change the guest, except for its files and programs. */
export const changes: Readonly<Record<string, Change>> = {
  'fs freeze': async ({ session, signal, operands }) => {
    const frozen = await session.call(freeze(operands.length === 0 ? undefined : operands), { signal });
    return { json: { frozen }, text: `${frozen} filesystems frozen\n` };
  },
  'fs thaw': async ({ session, signal }) => {
    const thawed = await session.call(thaw, { signal });
    return { json: { thawed }, text: `${thawed} filesystems thawed\n` };
  },
  'fs trim': async ({ session, signal, options }) => {
    const trimmed = await session.call(trim(options.minimum), { signal });
    const rows = trimmed.map(({ path, trimmed: bytes, error }) => [path, String(bytes ?? ''), error ?? '']);
    return { json: { trimmed }, text: columns(['MOUNTPOINT', 'BYTES', 'ERROR'], rows) };
  },
  'time set': async ({ session, signal, operands: [time = 'now'] }) => {
    const milliseconds = timeOf(time);
    await session.call(setTime(milliseconds), { signal });
    const set = milliseconds === undefined ? 'its hardware clock' : new Date(milliseconds).toISOString();
    return { json: { set: milliseconds ?? 'rtc' }, text: `clock set to ${set}\n` };
  },
  shutdown: (context) => leave(context, shutdown('powerdown'), 'shutdown'),
  reboot: (context) => leave(context, shutdown('reboot'), 'reboot'),
  halt: (context) => leave(context, shutdown('halt'), 'halt'),
  suspend: (context) => leave(context, suspend(suspendMode(context.operands)), 'suspend'),
  'set-password': async ({ session, signal, options, operands: [user = ''] }) => {
    const password = await readSecret(`New password for ${user}: `);
    await session.call(setPassword(user, password, options.crypted), { signal });
    return { json: { user }, text: `password of ${user} set\n` };
  },
  'ssh-keys list': async ({ session, signal, operands: [user = ''] }) => {
    const keys = await session.call(getSshKeys(user), { signal });
    return {
      json: { user, keys },
      text: columns(
        ['KEY'],
        keys.map((key) => [key]),
      ),
    };
  },
  'ssh-keys add': async ({ session, signal, options, operands: [user = '', file = ''] }) => {
    const keys = await readLines(file);
    await session.call(addSshKeys(user, keys, options.reset), { signal });
    return { json: { user, added: keys.length }, text: `${keys.length} keys added for ${user}\n` };
  },
  'ssh-keys remove': async ({ session, signal, operands: [user = '', file = ''] }) => {
    const keys = await readLines(file);
    await session.call(removeSshKeys(user, keys), { signal });
    return { json: { user, removed: keys.length }, text: `${keys.length} keys removed for ${user}\n` };
  },
};

/** These have no reply on success: the outcome is what was seen instead. */
async function leave(
  { session, signal }: AgentContext,
  request: AgentRequest<void>,
  what: string,
): Promise<Shown> {
  const outcome = await session.depart(request, { signal });
  return { json: { requested: what, outcome }, text: `${what} requested: ${outcomes[outcome]}\n` };
}

const outcomes = {
  accepted: 'accepted by the agent',
  closed: 'the channel has closed',
  silent: 'the guest no longer answers',
} as const;

function suspendMode([mode = 'ram']: readonly string[]): SuspendMode {
  if (mode === 'ram' || mode === 'disk' || mode === 'hybrid') return mode;
  throw new UsageError('suspend requires ram, disk or hybrid');
}

/** @returns undefined for the hardware clock */
function timeOf(text: string): number | undefined {
  if (text === 'rtc') return undefined;
  const time = text === 'now' ? Date.now() : Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new UsageError(`time set ${text}: expected now, rtc or a time such as 2026-01-31T12:00:00Z`);
}
