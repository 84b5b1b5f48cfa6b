import { checkDomain } from './check/check.js';
import { Report, strictly, type Diagnostic } from './diagnostics/diagnostic.js';
import { toXen } from './to-xen/domain.js';
import { reportGuestChanges } from './to-xen/guest.js';
import { withDropped } from './document/drop.js';
import { decodeInput } from './document/input.js';
import { readDomainXml } from './libvirt/read.js';
import { writeDomainXml } from './libvirt/write.js';
import { isPort } from './model/channel.js';
import type { Domain } from './model/domain.js';
import type { FormatOptions } from './document/options.js';
import { findPython } from './xl-syntax/python.js';
import { readXlConfig } from './xl/read.js';
import { writeXlConfig } from './xl/write.js';

/** The formats: libvirt's domain XML, and xl.cfg. */
export type Format = 'libvirt' | 'xl';

export interface ConvertOptions extends FormatOptions {
  /** The format of the input (default: detected from the content). */
  readonly from?: Format | undefined;
  /** The format of the output (default: the other one). */
  readonly to?: Format | undefined;
  /** Treat warnings as errors. */
  readonly strict?: boolean | undefined;
}

export interface ConvertResult {
  /** The converted document; absent if there was an error. */
  readonly output?: string;
  readonly from?: Format;
  readonly to?: Format;
  /** The text that was read; the spans of the diagnostics refer to it. */
  readonly source: string;
  /** All diagnostics, in the order of the document. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface ParseResult {
  /** The domain; absent if the document could not be read. There can be errors as well. */
  readonly domain?: Domain;
  readonly diagnostics: readonly Diagnostic[];
}

export interface FormatResult {
  /** The document; absent if there was an error. */
  readonly text?: string;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Converts a domain XML to an xl.cfg, or back. Pure: the same input gives the same output on any machine. It never
 * throws for an invalid document; errors are in the diagnostics.
 *
 * @param input the document, as text or as UTF-8
 */
export function convert(input: string | Uint8Array, options: ConvertOptions = {}): ConvertResult {
  return withDropped(options.drop, (drop) => convertOnce(input, { ...options, drop }));
}

function convertOnce(input: string | Uint8Array, options: ConvertOptions): ConvertResult {
  const report = new Report();
  const source = decodeInput(input, options, report);
  const from = report.hasErrors ? undefined : (options.from ?? detect(source, report));
  const to = options.to ?? (from === 'libvirt' ? 'xl' : 'libvirt');
  const domain = from && read(source, from, report, options);
  // The output is written even after an error in reading, so that one run reports all errors.
  const output = domain && write(domain, to, report, options);
  const diagnostics = options.strict ? strictly(report.diagnostics) : report.diagnostics;
  const failed = diagnostics.some(({ severity }) => severity === 'error');
  return {
    source,
    diagnostics,
    ...(from && { from, to }),
    ...(output !== undefined && !failed && { output }),
  };
}

/** Reads a libvirt domain XML. The domain is as the document specifies; it is not converted to Xen yet. */
export function parseDomainXml(input: string | Uint8Array, options: FormatOptions = {}): ParseResult {
  return parse(input, 'libvirt', options);
}

/** Reads an xl.cfg as xl does. */
export function parseXlConfig(input: string | Uint8Array, options: FormatOptions = {}): ParseResult {
  return parse(input, 'xl', options);
}

/** Writes a domain as an xl.cfg. A KVM domain is converted to Xen first. */
export function formatXlConfig(domain: Domain, options: FormatOptions = {}): FormatResult {
  return format(domain, 'xl', options);
}

/** Writes a domain as XML for libvirt's Xen driver. A KVM domain is converted to Xen first. */
export function formatDomainXml(domain: Domain, options: FormatOptions = {}): FormatResult {
  return format(domain, 'libvirt', options);
}

/** Reads a document of either format, detected from its content unless `from` specifies it. */
export function parseDocument(
  input: string | Uint8Array,
  options: Omit<ConvertOptions, 'to' | 'strict'> = {},
): ParseResult & { readonly source: string } {
  return withDropped(options.drop, (drop) => parseOnce(input, options.from, { ...options, drop }));
}

function parseOnce(
  input: string | Uint8Array,
  format: Format | undefined,
  options: FormatOptions,
): ParseResult & { readonly source: string } {
  const report = new Report();
  const source = decodeInput(input, options, report);
  const from = report.hasErrors ? undefined : (format ?? detect(source, report));
  const domain = from && read(source, from, report, options);
  return { source, diagnostics: report.diagnostics, ...(domain && { domain }) };
}

function parse(input: string | Uint8Array, from: Format, options: FormatOptions): ParseResult {
  const { diagnostics, domain } = withDropped(options.drop, (drop) =>
    parseOnce(input, from, { ...options, drop }),
  );
  return { diagnostics, ...(domain && { domain }) };
}

function format(domain: Domain, to: Format, options: FormatOptions): FormatResult {
  const report = new Report();
  const text = write(domain, to, report, options);
  return { diagnostics: report.diagnostics, ...(!report.hasErrors && { text }) };
}

const read = (source: string, from: Format, report: Report, options: FormatOptions): Domain | undefined =>
  from === 'libvirt' ? readDomainXml(source, report, options) : readXlConfig(source, report, options);

function write(domain: Domain, to: Format, report: Report, options: FormatOptions): string {
  const fitted = toXen(domain, report, to, options);
  if (domain.hypervisor === 'kvm') {
    const { disks, interfaces, channels } = fitted;
    const cards = interfaces.map(({ model }) => model);
    reportGuestChanges(domain.disks, { disks, cards, hasConsoles: !channels.every(isPort) }, report);
  }
  // libvirt's converter accepts more of an xl.cfg than of a domain XML.
  checkDomain(fitted, report, to === 'libvirt' ? options : {});
  return to === 'xl'
    ? writeXlConfig(fitted, report, options, domain.hypervisor)
    : writeDomainXml(fitted, report, options);
}

/** XML starts with `<`; an xl.cfg with a setting, after blanks and comments. */
function detect(source: string, report: Report): Format | undefined {
  const skipped = /[\s\ufeff;]+|#[^\n]*/y;
  let start = 0;
  while (skipped.test(source)) start = skipped.lastIndex;
  if (source[start] === '<') return 'libvirt';
  const setting = /[a-z][._0-9a-z]*[ \t]*\+?=/y;
  setting.lastIndex = start;
  if (setting.test(source)) return 'xl';
  // Its reader reports it.
  if (findPython(source)) return 'xl';
  const isSexpr = source[start] === '(';
  const what =
    start === source.length
      ? 'the document is empty'
      : isSexpr
        ? 'the document is an S-expression of xend, which xl does not read'
        : 'neither domain XML nor an xl.cfg';
  const span = { start: Math.min(start, source.length), end: Math.min(start + 1, source.length) };
  report.add(
    'input-unrecognized',
    what,
    span,
    isSexpr
      ? 'convert the config file that the domain was created from'
      : { hint: 'specify the input format', remedy: { option: 'from' } },
  );
  return undefined;
}
