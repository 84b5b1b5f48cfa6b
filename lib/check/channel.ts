import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import { isPort, type Channel } from '../model/channel.js';
import type { Domain } from '../model/domain.js';
import type { Os } from '../model/os.js';
import { hostPathProblem } from '../model/host-path.js';
import { portNameProblem, portPathProblem } from '../qemu-syntax/port-rules.js';
import { hasControls } from '../text/controls.js';

/** Linux' hvc driver reads one digit as the number of a console, and 0 is the primary console. */
const maximumChannels = 7;

/** Names and paths must mean the same to libvirt, xl, QEMU and the guest. */
export function checkChannels(domain: Domain, report: Report, options: FormatOptions = {}): void {
  const { channels } = domain;
  const names = { console: new Set<string>(), port: new Set<string>() };
  const paths = new Set<string>();
  for (const channel of channels) {
    // One without a name has been reported.
    const isNameless = isLibvirts(options) && channel.name === '';
    if (!isNameless) checkName(channel, report);
    // A guest looks for consoles and ports in different places.
    const others = isPort(channel) ? names.port : names.console;
    if (!isNameless && others.has(channel.name)) {
      const message = `duplicate channel name '${channel.name}': the guest cannot tell them apart`;
      report.add('channel-duplicate', message, originOf(channel, 'name'));
    }
    others.add(channel.name);
    if (isPort(channel)) reportPort(channel, portProblem(channel, domain.os.type), report);
    const path = checkPath(channel, report);
    if (path === undefined) continue;
    if (paths.has(path)) {
      report.add(
        'channel-duplicate',
        `duplicate channel socket ${path}`,
        originOf(channel.connection) ?? originOf(channel),
      );
    }
    paths.add(path);
  }
  const eighth = channels.filter((channel) => !isPort(channel))[maximumChannels];
  if (eighth) {
    const message = `a Linux guest supports ${maximumChannels} channels; it does not see this one and those after it`;
    report.add('channel-limit', message, originOf(eighth));
  }
}

/** Checks a port on its own. */
export function checkPort(channel: Channel, guest: Os['type'], report: Report): void {
  checkName(channel, report);
  checkPath(channel, report);
  reportPort(channel, portProblem(channel, guest), report);
}

/** Reports that a channel cannot be a port, if there is a problem. */
export function reportPort(channel: Channel, problem: string | undefined, report: Report): void {
  if (problem !== undefined) {
    const message = `channel '${channel.name}' cannot be a virtio-serial port: ${problem}`;
    const advice = {
      hint: 'use a PV console',
      remedy: { option: 'transport', value: 'pv-console' },
    } as const;
    report.add('channel-transport', message, originOf(channel), advice);
  }
}

/** Why a guest of another type cannot have virtio-serial ports. */
export const otherGuestProblem = (guest: Exclude<Os['type'], 'hvm'>): string =>
  `a ${guest === 'pv' ? 'PV' : 'PVH'} guest has no PCI bus of QEMU`;

/** Why a channel of a guest cannot be a virtio-serial port. */
function portProblem({ backendDomain, log }: Channel, guest: Os['type']): string | undefined {
  if (guest !== 'hvm') return otherGuestProblem(guest);
  if (backendDomain !== undefined) return 'its backend is in another domain';
  const problem = log && portPathProblem(log.path, false);
  return problem === undefined ? undefined : `its log path ${problem}`;
}

function checkName(channel: Channel, report: Report): void {
  const problem = isPort(channel) ? portNameProblem(channel.name) : textProblem(channel.name);
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
function checkPath(channel: Channel, report: Report): string | undefined {
  const { name, connection } = channel;
  if (!('path' in connection)) return undefined;
  const { path } = connection;
  const isSocket = connection.kind === 'socket';
  const problem = isPort(channel)
    ? portPathProblem(path, isSocket)
    : (textProblem(path) ?? hostPathProblem(path, isSocket));
  if (problem) {
    const message = `channel '${name}': path '${path}' ${problem}`;
    report.add('channel-path', message, originOf(connection) ?? originOf(channel));
  }
  return isSocket ? path : undefined;
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
