import { Report } from '../diagnostics/diagnostic.js';
import { isLibvirts } from '../document/profile.js';
import { withOrigin } from '../diagnostics/origin.js';
import type { Span } from '../diagnostics/span.js';
import { adviseDropping, reportDropped, selectDropped } from '../document/drop.js';
import type { Domain } from '../model/domain.js';
import { newestXen, type FormatOptions } from '../document/options.js';
import type { XlDocument } from '../xl-syntax/ast.js';
import { findPython, reportPython } from '../xl-syntax/python.js';
import { parseXlSyntax } from '../xl-syntax/parser.js';
import { resolveSettings } from '../xl-syntax/settings.js';
import type { Reading, XlDescriptor } from './descriptor.js';
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

type Fields = { -readonly [Field in keyof Domain]?: Domain[Field] };

/** Each field by its descriptor, in order; a field that another depends on is read before it. */
function readFields(xl: XlReader, document: XlDocument, report: Report, options: FormatOptions): Domain {
  const fields: Fields = {};
  const [read, spans] = [new Set<keyof Domain>(), new Map<keyof Domain, Span | undefined>()];
  const readBy = (descriptor: XlDescriptor): void => {
    if (read.has(descriptor.field)) return;
    read.add(descriptor.field);
    const value = descriptor.read(reading);
    if (value !== undefined) (fields as Record<string, unknown>)[descriptor.field] = value;
  };
  const field = <Name extends keyof Domain>(name: Name): Domain[Name] => {
    readBy(descriptorOf(name));
    return fields[name] as Domain[Name];
  };
  const reading: Reading = {
    xl,
    report,
    options,
    document,
    rules: settingRules,
    field,
    locate: (name, span) => spans.set(name, span),
  };
  field('os');
  for (const descriptor of descriptors) readBy(descriptor);
  return withOrigin(fields as Domain, spans.get('name') ?? { start: 0, end: 0 }, {
    name: spans.get('name'),
    emulator: spans.get('emulator'),
  });
}
