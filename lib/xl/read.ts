import { Report } from '../diagnostics/diagnostic.js';
import { isLibvirts } from '../document/profile.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Span } from '../diagnostics/span.js';
import { adviseDropping, reportDropped, selectDropped } from '../document/drop.js';
import type { Domain } from '../model/domain.js';
import { FieldReader } from '../model/field-reader.js';
import { newestXen, type FormatOptions } from '../document/options.js';
import type { XlDocument } from '../xl-syntax/ast.js';
import { findPython, reportPython } from '../xl-syntax/python.js';
import { parseXlSyntax } from '../xl-syntax/parser.js';
import { resolveSettings } from '../xl-syntax/settings.js';
import type { Reading } from './descriptor.js';
import { descriptorOf, descriptors, settingRules } from './descriptors.js';
import { asLibvirtReads } from './libvirt-reading.js';
import { xlOptions } from './options/table.js';
import { withoutDevices, xlDevices } from './devices.js';
import { XlReader } from './reader.js';
import { readableBy } from './versions.js';

/**
 * Reads an xl.cfg. Settings that are not in the model are preserved for the way back, and reported.
 * @returns the domain; undefined for invalid syntax. `report` can contain errors in either case.
 */
export function readXlConfig(
  source: string,
  report: Report,
  options: FormatOptions = {},
): Domain | undefined {
  const syntax = new Report();
  const document = parseXlSyntax(source, syntax);
  // The syntax errors of a program have one cause.
  const python = syntax.hasErrors ? findPython(source) : undefined;
  if (python) reportPython(python, report);
  else report.addAll(syntax.diagnostics);
  if (syntax.hasErrors) return undefined;
  const settings = readableBy(options.xen ?? newestXen, resolveSettings(document, report), report);
  adviseDropping(() => xlDevices(settings), report);
  const dropped = options.drop?.length ? selectDropped(xlDevices(settings), options.drop, report) : [];
  reportDropped(dropped, report);
  const remaining = withoutDevices(settings, dropped);
  const xl = new XlReader(remaining, report, (key) => xlOptions.get(key)?.strict === true, options);
  const domain = readFields(xl, document, report, options);
  // With its own report: xl's messages about the settings have been reported already.
  return isLibvirts(options)
    ? asLibvirtReads(domain, new XlReader(remaining, new Report(), undefined, options), report)
    : domain;
}

/** Each field by its descriptor. */
function readFields(xl: XlReader, document: XlDocument, report: Report, options: FormatOptions): Domain {
  const spans = new Map<keyof Domain, Span | undefined>();
  const fields = new FieldReader<Reading>(descriptorOf, (reader) => ({
    xl,
    report,
    options,
    document,
    rules: settingRules,
    field: (name) => reader.get(name),
    locate: (name, span) => spans.set(name, span),
  }));
  fields.get('os');
  return withOrigin(fields.all(descriptors), spans.get('name') ?? { start: 0, end: 0 }, {
    name: spans.get('name'),
    emulator: spans.get('emulator'),
  });
}
