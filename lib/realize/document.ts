import { checkDomain } from '../check/check.js';
import { parseDocument, type ConvertOptions } from '../convert.js';
import { Report, type Diagnostic } from '../diagnostics/diagnostic.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { toXen } from '../to-xen/domain.js';
import type { Channel } from '../model/channel.js';

/** The channels of a domain XML or an xl.cfg. */
export interface ChannelDocument {
  /** The text that was read; the spans of the diagnostics count in it. */
  readonly source: string;
  /** The domain's name there; absent if the document cannot be read. */
  readonly name?: string;
  /** Lower case, with hyphens; absent if the document does not specify it. */
  readonly uuid?: string;
  readonly channels: readonly Channel[];
  /** Only those about channels and about the syntax: the other devices of a running domain do not matter. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the channels of a domain XML or an xl.cfg. Pure. */
export function readChannelDocument(
  input: string | Uint8Array,
  options: Pick<ConvertOptions, 'from' | 'limit' | 'transport' | 'hvmDefaults'> = {},
): ChannelDocument {
  const { source, domain, diagnostics } = parseDocument(input, options);
  if (!domain) return { source, channels: [], diagnostics };
  const report = new Report();
  const { name, uuid, channels } = toXen(domain, report, 'xl', options);
  checkDomain({ ...domain, channels }, report);
  const found = [...diagnostics, ...report.diagnostics];
  return omitUndefined({
    source,
    name,
    uuid: uuid?.toLowerCase(),
    channels,
    diagnostics: found.filter(({ code }) => isAboutChannels(code)),
  });
}

const isAboutChannels = (code: string): boolean =>
  /^(?:channel|xml|input)-|^xl-(?:syntax|overridden)$/.test(code);
