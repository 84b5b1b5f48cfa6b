import type { Channel } from '../model/channel.js';
import { hostPathProblem } from '../model/host-path.js';
import { chardevOf } from './connection.js';

/** Why a text cannot be the name of a port: guests use it as the name of a file and in rules of udev. */
export function portNameProblem(name: string): string | undefined {
  const bad = /[,"']/.exec(name)?.[0];
  if (bad !== undefined) return `contains '${bad}', which is not allowed in the name of a port`;
  if (isSpareName(name)) return 'is reserved for spare ports';
  return textProblem(name);
}

/** See sparePortName. */
export const isSpareName = (name: string): boolean => /^virt2xen\.spare\.[0-9]+$/.test(name);

/** Why a path cannot be that of a port's socket or file: QEMU has an escape for commas. */
export const portPathProblem = (path: string, isSocket: boolean): string | undefined =>
  textProblem(path) ?? hostPathProblem(path, isSocket);

function textProblem(text: string): string | undefined {
  if (text === '') return 'is empty';
  // eslint-disable-next-line no-control-regex -- these are the characters to find
  return /[\x00-\x1f\x7f]/.test(text) ? 'contains a control character' : undefined;
}

/** Whether a channel could be written as a port. */
export function canBePort({ name, connection, log }: Channel): boolean {
  const isSocket = connection.kind === 'socket';
  const problems = [
    portNameProblem(name),
    'path' in connection ? portPathProblem(connection.path, isSocket) : undefined,
    log && portPathProblem(log.path, false),
  ];
  return 'chardev' in chardevOf(connection) && problems.every((problem) => problem === undefined);
}
