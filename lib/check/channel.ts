import type { Report } from '../diagnostics/diagnostic.js';
import { originOf } from '../diagnostics/origin.js';
import type { FormatOptions } from '../document/options.js';
import { isLibvirts } from '../document/profile.js';
import { isPort, type Channel } from '../model/channel.js';
import type { Domain } from '../model/domain.js';
import type { Os } from '../model/os.js';
import { maximumSocketPathBytes } from '../model/limits.js';
import { hasControls } from '../text/controls.js';

/** Linux' hvc driver reads one digit as the number of a console, and 0 is the primary console. */
const maximumChannels = 7;

/** Names and paths must mean the same to libvirt, xl, QEMU and the guest. */
export function checkChannels(domain: Domain, report: Report, options: FormatOptions = {}): void {
  const { channels } = domain;
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
    if (isPort(channel))
      reportPort(channel, portProblem(channel, domain.os.type) ?? deviceModelProblem(domain), report);
    const path = checkPath(channel, report);
    if (path === undefined) continue;
    if (paths.has(path)) {
      report.add('channel-duplicate', `duplicate channel socket ${path}`, originOf(channel.connection));
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

function reportPort(channel: Channel, problem: string | undefined, report: Report): void {
  if (problem !== undefined) {
    const message = `channel '${channel.name}' cannot be a virtio-serial port: ${problem}`;
    const advice = {
      hint: 'use a PV console',
      remedy: { option: 'transport', value: 'pv-console' },
    } as const;
    report.add('channel-transport', message, originOf(channel), advice);
  }
}

/** Why a channel of a guest cannot be a virtio-serial port. */
function portProblem({ backendDomain, log }: Channel, guest: Os['type']): string | undefined {
  if (guest !== 'hvm') return `a ${guest === 'pv' ? 'PV' : 'PVH'} guest has no PCI bus of QEMU`;
  if (backendDomain !== undefined) return 'its backend is in another domain';
  const problem = log && portTextProblem(log.path);
  if (problem !== undefined) return `its log path ${problem}`;
  return log && !log.path.startsWith('/') ? 'its log path is not absolute' : undefined;
}

/** Why the device model of a domain cannot have ports. */
function deviceModelProblem({ preserved }: Domain): string | undefined {
  const settings = new Map(preserved.settings.map(({ key, value }) => [key, value]));
  if (settings.get('device_model_version') === 'qemu-xen-traditional')
    return 'the traditional device model has no virtio-serial';
  return (settings.get('device_model_stubdomain_override') ?? '0') === '0'
    ? undefined
    : 'its device model runs in a stubdomain, whose sockets and files are not those of the host';
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
  const problem =
    (isPort(channel) ? portTextProblem(path) : textProblem(path)) ??
    pathProblem(path, connection.kind === 'socket');
  if (problem) {
    const message = `channel '${name}': path '${path}' ${problem}`;
    report.add('channel-path', message, originOf(connection));
  }
  return connection.kind === 'socket' ? path : undefined;
}

function pathProblem(path: string, isSocket: boolean): string | undefined {
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

/** Why a text cannot be the name of a port: guests use it as the name of a file and in rules of udev. */
function portNameProblem(name: string): string | undefined {
  const bad = /[,"']/.exec(name)?.[0];
  if (bad !== undefined) return `contains '${bad}', which is not allowed in the name of a port`;
  return portTextProblem(name);
}

/** Why a text cannot be in an argument of the device model: QEMU can escape everything else. */
function portTextProblem(text: string): string | undefined {
  if (text === '') return 'is empty';
  // eslint-disable-next-line no-control-regex -- these are the characters to find
  return /[\x00-\x1f\x7f]/.test(text) ? 'contains a control character' : undefined;
}

const utf8 = new TextEncoder();

/** Bytes in UTF-8. */
const utf8Length = (text: string): number => utf8.encode(text).length;
