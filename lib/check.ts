import type { Report } from './diagnostics/diagnostic.js';
import { checkCpu } from './check-cpu.js';
import { originOf } from './diagnostics/origin.js';
import type { Channel } from './model/channel.js';
import type { Domain } from './model/domain.js';
import { pciAddressText, type Hostdev } from './model/hostdev.js';

/** sun_path is 108 bytes with its NUL (unix(7)); QEMU refuses longer paths. */
const maximumSocketPath = 107;

/** Linux' hvc driver takes a console's number from one digit, and 0 is the primary console. */
const maximumChannels = 7;

/**
 * What must hold of every domain, whichever way it goes. A name or path that one side could read
 * as something else is refused on both.
 */
export function checkDomain(domain: Domain, report: Report): void {
  // eslint-disable-next-line no-control-regex -- these are the characters to find
  if (/[\x00-\x1f\x7f]/.test(domain.name)) {
    report.add('value-invalid', "the domain's name holds a control character", originOf(domain, 'name'));
  }
  checkCpu(domain, report);
  checkChannels(domain.channels, report);
  const targets = new Set<string>();
  for (const disk of domain.disks) {
    if (targets.has(disk.target)) {
      report.add('value-invalid', `two disks are called '${disk.target}'`, originOf(disk, 'target'));
    }
    targets.add(disk.target);
  }
  checkHostdevs(domain.hostdevs, report);
}

/** A device of the host can be given away once. */
function checkHostdevs(hostdevs: readonly Hostdev[], report: Report): void {
  const places = new Set<string>();
  for (const hostdev of hostdevs) {
    const place = placeOf(hostdev);
    if (places.has(place)) report.add('value-invalid', `${place} is given twice`, originOf(hostdev));
    places.add(place);
  }
}

function placeOf(hostdev: Hostdev): string {
  if (hostdev.kind === 'usb') return `the host's USB device ${hostdev.bus}:${hostdev.device}`;
  const { source } = hostdev;
  return `the host's PCI device ${'name' in source ? source.name : pciAddressText(source)}`;
}

function checkChannels(channels: readonly Channel[], report: Report): void {
  const names = new Set<string>();
  const paths = new Set<string>();
  for (const channel of channels) {
    checkName(channel, report);
    if (names.has(channel.name)) {
      const message = `two channels are called '${channel.name}': a guest could not tell them apart`;
      report.add('channel-duplicate', message, originOf(channel, 'name'));
    }
    names.add(channel.name);
    const path = checkPath(channel, report);
    if (path === undefined) continue;
    if (paths.has(path)) {
      report.add('channel-duplicate', `two channels use ${path}`, originOf(channel.connection));
    }
    paths.add(path);
  }
  const eighth = channels[maximumChannels];
  if (eighth) {
    const message = `a Linux guest sees no more than ${maximumChannels} channels; this one and those after it stay unseen`;
    report.add('channel-limit', message, originOf(eighth));
  }
}

function checkName(channel: Channel, report: Report): void {
  const problem = textProblem(channel.name);
  if (problem)
    report.add('channel-name', `channel '${channel.name}': its name ${problem}`, originOf(channel, 'name'));
  const { backendDomain } = channel;
  const backendProblem = backendDomain === undefined ? undefined : textProblem(backendDomain);
  if (backendProblem) {
    const message = `channel '${channel.name}': its backend ${backendProblem}`;
    report.add('channel-name', message, originOf(channel, 'backendDomain'));
  }
}

/** @returns the path that no other channel may use, if there is one */
function checkPath({ name, connection }: Channel, report: Report): string | undefined {
  if (!('path' in connection)) return undefined;
  const { path } = connection;
  const problem = pathProblem(path, connection.kind === 'socket');
  if (problem) {
    const message = `channel '${name}': its path '${path}' ${problem}`;
    report.add('channel-path', message, originOf(connection));
  }
  return connection.kind === 'socket' ? path : undefined;
}

function pathProblem(path: string, isSocket: boolean): string | undefined {
  const problem = textProblem(path);
  if (problem !== undefined) return problem;
  if (!path.startsWith('/')) return 'is not absolute';
  // A UTF-16 unit is three bytes at most.
  if (!isSocket || path.length * 3 <= maximumSocketPath) return undefined;
  if (utf8Length(path) <= maximumSocketPath) return undefined;
  return `is longer than the ${maximumSocketPath} bytes that a Unix socket's may have`;
}

/**
 * What keeps a text out of a channel's string: xl has no escape for a comma or an equals sign, and
 * what holds quotes or a backslash does not come through every reader unchanged.
 */
function textProblem(text: string): string | undefined {
  if (text === '') return 'is empty';
  // eslint-disable-next-line no-control-regex -- these are the characters to find
  const bad = /[,="'\\\x00-\x1f\x7f]/.exec(text)?.[0];
  if (bad !== undefined)
    return `holds ${bad < ' ' || bad === '\x7f' ? 'a control character' : `'${bad}'`}, which has no escape there`;
  if (text.startsWith(' ') || text.endsWith(' '))
    return 'begins or ends with a blank, which xl would cut off';
  return undefined;
}

const utf8 = new TextEncoder();

/** Bytes in UTF-8. */
const utf8Length = (text: string): number => utf8.encode(text).length;
