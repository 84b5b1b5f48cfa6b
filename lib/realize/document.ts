import { checkDomain } from '../check/check.js';
import { parseDocument, type ConvertOptions } from '../convert.js';
import { Report, type Diagnostic } from '../diagnostics/diagnostic.js';
import { toXen } from '../to-xen/domain.js';
import { originOf } from '../diagnostics/origin.js';
import { isPort, type Channel } from '../model/channel.js';
import type { Domain } from '../model/domain.js';
import { readPorts } from '../qemu-syntax/port.js';

/** The channels of a domain XML or an xl.cfg. */
export interface ChannelDocument {
  /** The text that was read; the spans of the diagnostics count in it. */
  readonly source: string;
  /** The domain's name there; absent if the document cannot be read. */
  readonly name?: string;
  /** Those that are PV consoles. */
  readonly channels: readonly Channel[];
  /** Only those about channels and about the syntax: the other devices of a running domain do not matter. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the channels of a domain XML or an xl.cfg. Pure. */
export function readChannelDocument(
  input: string | Uint8Array,
  options: Pick<ConvertOptions, 'from' | 'limit' | 'transport'> = {},
): ChannelDocument {
  const { source, domain, diagnostics } = parseDocument(input, options);
  if (!domain) return { source, channels: [], diagnostics };
  const report = new Report();
  const { name, channels } = toXen(domain, report, 'xl', options);
  checkDomain({ ...domain, channels }, report);
  reportNewPorts(channels, domain, report);
  const found = [...diagnostics, ...report.diagnostics];
  const consoles = channels.filter((channel) => !isPort(channel));
  return { source, name, channels: consoles, diagnostics: found.filter(({ code }) => isAboutChannels(code)) };
}

/** The guest has the ports that the arguments of its device model contain since its start. */
function reportNewPorts(
  channels: readonly Channel[],
  { deviceModelArguments }: Domain,
  report: Report,
): void {
  const present = new Set(readPorts(deviceModelArguments).map(({ channel }) => channel.name));
  for (const channel of channels) {
    if (!isPort(channel) || present.has(channel.name)) continue;
    const message = `channel '${channel.name}': a virtio-serial port is created with the guest`;
    report.add('channel-attach', message, originOf(channel), 'start the guest with the converted document');
  }
}

const isAboutChannels = (code: string): boolean =>
  /^(?:channel|xml|input)-|^xl-(?:syntax|overridden)$/.test(code);
