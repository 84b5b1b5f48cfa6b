import type { Report } from '../diagnostics/diagnostic.js';
import { originOf, withOrigin } from '../diagnostics/origin.js';
import { inSmbiosOrder, isSmbiosName, smbiosNames, type SmbiosString } from '../model/smbios.js';
import type { XlAtom } from '../xl-syntax/ast.js';
import type { XlDescriptor } from './descriptor.js';
import type { XlOutput } from './output.js';
import { reportOverridden, trimSpace } from './parameters.js';

/** The strings of the SMBIOS tables of an HVM guest, since Xen 4.18 (xl_parse.c: parse_config_data). */
export const smbios: XlDescriptor<'smbios'> = {
  field: 'smbios',
  keys: { smbios: 'sysinfo' },
  read: ({ xl, field, report }) => {
    if (field('os').type !== 'hvm') return undefined;
    const found = readSmbios(xl.list('smbios') ?? [], report);
    return found.length > 0 ? found : undefined;
  },
  write: (value, { out, domain, report }) => {
    if (domain.os.type === 'hvm') writeSmbios(value, out, report);
    else
      report.add('unsupported', '<sysinfo> omitted: only HVM guests have SMBIOS tables', originOf(value[0]));
  },
};

/** The maximum number that hvmloader reads (hvm_xs_strings.h). */
const maximumOem = 99;

function readSmbios(atoms: readonly XlAtom[], report: Report): readonly SmbiosString[] {
  const found: SmbiosString[] = [];
  for (const atom of atoms) {
    const read = readString(atom, report);
    if (!read) continue;
    const earlier = read.name === 'oem' ? -1 : found.findIndex(({ name }) => name === read.name);
    if (earlier >= 0) {
      reportOverridden(read.name, originOf(found[earlier]), report);
      found.splice(earlier, 1);
    }
    found.push(read);
  }
  const oem = found.filter(({ name }) => name === 'oem');
  if (oem.length > maximumOem) {
    report.add(
      'value-invalid',
      `smbios: xl rejects more than ${maximumOem} oem strings`,
      originOf(oem.at(-1)),
    );
  }
  return inSmbiosOrder(found);
}

/** As split by strtok(3): the name before the first `=`, the value up to the next; blanks around both are ignored. */
function readString(atom: XlAtom, report: Report): SmbiosString | undefined {
  const [name, value, ...rest] = atom.text.split('=').filter((part) => part !== '');
  if (name === undefined || value === undefined) {
    report.add('value-invalid', `smbios: xl rejects '${atom.text}'`, atom.span, 'write NAME=TEXT');
    return undefined;
  }
  const trimmed = trimSpace(name);
  if (!isSmbiosName(trimmed)) {
    const hint = `use ${smbiosNames.join(', ')}`;
    report.add('value-invalid', `smbios: xl rejects the name '${trimmed}'`, atom.span, hint);
    return undefined;
  }
  if (rest.length > 0)
    report.add('xl-ignored', `smbios: xl ends the value of '${trimmed}' at the second '='`, atom.span);
  return withOrigin<SmbiosString>({ name: trimmed, value: trimSpace(value) }, atom.span);
}

/** xenstore accepts 4096 bytes for a path and its value. */
const maximumBytes = 3900;

/** Why xl would change this text; undefined if it would not. */
function fault(value: string): string | undefined {
  if (value === '') return 'xl rejects an empty value';
  if (value.includes('=')) return "xl ends a value at '='";
  if (trimSpace(value) !== value) return 'xl removes blanks around a value';
  if (new TextEncoder().encode(value).length > maximumBytes) return 'the value is too long for xenstore';
  return undefined;
}

function writeSmbios(strings: readonly SmbiosString[], out: XlOutput, report: Report): void {
  let oem = 0;
  for (const string of strings) {
    const { name, value } = string;
    if (name === 'oem') oem += 1;
    const why =
      name === 'oem' && oem > maximumOem ? `xl rejects more than ${maximumOem} of them` : fault(value);
    if (why === undefined) out.append('smbios', `${name}=${value}`, originOf(string));
    else report.add('unsupported', `SMBIOS string '${name}' omitted: ${why}`, originOf(string));
  }
}
