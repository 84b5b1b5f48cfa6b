import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import type { Channel } from '../model/channel.js';
import { maximumSocketPathBytes } from '../model/limits.js';
import { hasControls } from '../text/controls.js';

/** Linux' hvc driver reads one digit as the number of a console, and 0 is the primary console. */
const maximumChannels = 7;

/** Names and paths must mean the same to libvirt, xl and the guest. */
export function checkChannels(
  channels: readonly Channel[],
  report: Report,
  options: FormatOptions = {},
): void {
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const channel of channels) {
    // One without a name has been reported.
    const isNameless = isLibvirts(options) && channel.name === '';
    if (!isNameless) checkName(channel, report);
    if (!isNameless && names.has(channel.name)) {
      const message = `duplicate channel name '${channel.name}': the guest cannot tell them apart`;
      report.add('channel-duplicate', message, originOf(channel, 'name'));
    }
    names.add(channel.name);
    const path = checkPath(channel, report);
    if (path === undefined) continue;
    if (paths.has(path)) {
      report.add('channel-duplicate', `duplicate channel socket ${path}`, originOf(channel.connection));
    }
    paths.add(path);
  }
  const eighth = channels[maximumChannels];
  if (eighth) {
    const message = `a Linux guest supports ${maximumChannels} channels; it does not see this one and those after it`;
    report.add('channel-limit', message, originOf(eighth));
  }
}

function checkName(channel: Channel, report: Report): void {
  const problem = textProblem(channel.name);
  if (problem)
    report.add('channel-name', `channel '${channel.name}': the name ${problem}`, originOf(channel, 'name'));
  const { backendDomain } = channel;
  const backendProblem = backendDomain === undefined ? undefined : textProblem(backendDomain);
  if (backendProblem) {
    const message = `channel '${channel.name}': the backend domain ${backendProblem}`;
    report.add('channel-name', message, originOf(channel, 'backendDomain'));
  }
}

/** @returns the path that no other channel can use, if any */
function checkPath({ name, connection }: Channel, report: Report): string | undefined {
  if (!('path' in connection)) return undefined;
  const { path } = connection;
  const problem = pathProblem(path, connection.kind === 'socket');
  if (problem) {
    const message = `channel '${name}': path '${path}' ${problem}`;
    report.add('channel-path', message, originOf(connection));
  }
  return connection.kind === 'socket' ? path : undefined;
}

function pathProblem(path: string, isSocket: boolean): string | undefined {
  const problem = textProblem(path);
  if (problem !== undefined) return problem;
  if (!path.startsWith('/')) return 'is not absolute';
  // A UTF-16 unit is three bytes at most.
  if (!isSocket || path.length * 3 <= maximumSocketPathBytes) return undefined;
  if (utf8Length(path) <= maximumSocketPathBytes) return undefined;
  return `is longer than ${maximumSocketPathBytes} bytes, the limit for a Unix socket`;
}

/**
 * Why a text cannot be in a channel string: xl has no escape for a comma or an equals sign, and some readers change
 * quotes and backslashes.
 */
function textProblem(text: string): string | undefined {
  if (text === '') return 'is empty';
  const why = 'which xl.cfg cannot escape here';
  if (hasControls(text)) return `contains a control character, ${why}`;
  const bad = /[,="'\\]/.exec(text)?.[0];
  if (bad !== undefined) return `contains '${bad}', ${why}`;
  if (text.startsWith(' ') || text.endsWith(' ')) return 'begins or ends with a space, which xl would trim';
  return undefined;
}

const utf8 = new TextEncoder();

/** Bytes in UTF-8. */
const utf8Length = (text: string): number => utf8.encode(text).length;
