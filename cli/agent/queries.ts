import { getInfo } from '../../lib/agent/capabilities.js';
import { getInterfaces } from '../../lib/agent/commands/network.js';
import { getDisks, getFilesystems, getFreezeStatus } from '../../lib/agent/commands/storage.js';
import { getHostName, getOsInfo, getTime, getUsers } from '../../lib/agent/commands/system.js';
import { commandVersions } from '../../lib/agent/versions.js';
import { escapeControls } from '../../lib/text/controls.js';
import { columns } from '../columns.js';
import type { AgentContext, Shown } from './context.js';

type Query = (context: AgentContext) => Promise<Shown>;

/** The commands that only read. */
export const queries: Readonly<Record<string, Query>> = {
  ping: async ({ session, signal }) => {
    const start = performance.now();
    await session.ping({ signal });
    const milliseconds = Math.round(performance.now() - start);
    return { json: { answered: true, milliseconds }, text: `the agent answers (${milliseconds} ms)\n` };
  },
  info: async ({ session, signal }) => {
    const { version, commands } = await session.call(getInfo, { signal });
    const rows = commands.map(({ name, isEnabled }) => [
      name,
      isEnabled ? 'enabled' : 'disabled',
      commandVersions.get(name)?.since ?? '',
    ]);
    return {
      json: { version, commands: commands.map(({ name, isEnabled }) => ({ name, enabled: isEnabled })) },
      text: `${columns(['VERSION'], [[version]])}\n${columns(['COMMAND', 'STATE', 'SINCE'], rows)}`,
    };
  },
  osinfo: async ({ session, signal }) => {
    const osinfo = await session.call(getOsInfo, { signal });
    return { json: { osinfo }, text: columns(['FIELD', 'VALUE'], Object.entries(osinfo)) };
  },
  hostname: async ({ session, signal }) => {
    const hostname = await session.call(getHostName, { signal });
    return { json: { hostname }, text: `${escapeControls(hostname)}\n` };
  },
  users: async ({ session, signal }) => {
    const users = await session.call(getUsers, { signal });
    const rows = users.map((user) => [user.user, user.domain ?? '', timeOf(user['login-time'] * 1000)]);
    return { json: { users }, text: columns(['USER', 'DOMAIN', 'LOGIN'], rows) };
  },
  network: async ({ session, signal }) => {
    const interfaces = await session.call(getInterfaces, { signal });
    const rows = interfaces.map(({ name, 'hardware-address': mac, 'ip-addresses': addresses = [] }) => [
      name,
      mac ?? '',
      addresses.map((address) => `${address['ip-address']}/${address.prefix}`).join(', '),
    ]);
    return { json: { interfaces }, text: columns(['INTERFACE', 'MAC', 'ADDRESSES'], rows) };
  },
  disks: async ({ session, signal }) => {
    const disks = await session.call(getDisks, { signal });
    const rows = disks.map(({ name, partition, address, dependencies = [], alias }) => [
      name,
      partition ? 'partition' : 'disk',
      address?.['bus-type'] ?? '',
      address?.serial ?? '',
      dependencies.join(', '),
      alias ?? '',
    ]);
    return { json: { disks }, text: columns(['NAME', 'KIND', 'BUS', 'SERIAL', 'ON', 'ALIAS'], rows) };
  },
  'fs info': async ({ session, signal }) => {
    const filesystems = await session.call(getFilesystems, { signal });
    const rows = filesystems.map((one) => [
      one.mountpoint,
      one.type,
      one.name,
      String(one['used-bytes'] ?? ''),
      String(one['total-bytes'] ?? ''),
    ]);
    return { json: { filesystems }, text: columns(['MOUNTPOINT', 'TYPE', 'DEVICE', 'USED', 'BYTES'], rows) };
  },
  'fs status': async ({ session, signal }) => {
    const status = await session.call(getFreezeStatus, { signal });
    return { json: { status }, text: `${status}\n` };
  },
  'time get': async ({ session, signal }) => {
    const time = await session.call(getTime, { signal });
    const aheadMs = Math.round(time - Date.now());
    const text = columns(['TIME', 'AHEAD OF THIS HOST'], [[timeOf(time), `${aheadMs} ms`]]);
    return { json: { time: timeOf(time), aheadMs }, text };
  },
};

/** A guest's clock can be beyond what a date can express. */
function timeOf(milliseconds: number): string {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? `${milliseconds} ms` : date.toISOString();
}
