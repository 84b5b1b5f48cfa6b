import type { Report } from '../diagnostics/diagnostic.js';
import type { Span } from '../diagnostics/span.js';

/** A definition of libvirt's schema (basictypes.rng, domaincommon.rng), by its name there. */
interface SchemaType {
  readonly pattern: RegExp;
  readonly description: string;
}

export const absFilePath: SchemaType = { pattern: /^\/[^\n\r]+$/, description: 'an absolute path' };
export const filePath: SchemaType = { pattern: /^[^\n\r]+$/, description: 'one line' };
export const deviceName: SchemaType = {
  pattern: /^[a-zA-Z0-9_.\-\\:/]+$/,
  description: 'letters, digits and _ . - : / \\ only',
};
/** Of a block device: absFilePath or deviceName in libvirt's domaincommon.rng. */
export const blockPath: SchemaType = {
  pattern: /^(?:\/[^\n\r]+|[a-zA-Z0-9_.\-\\:/]+)$/,
  description: `${absFilePath.description}, or ${deviceName.description}`,
};
export const modelName: SchemaType = {
  pattern: /^[a-zA-Z0-9\-_]+$/,
  description: 'letters, digits, - and _ only',
};
export const addrIPorName: SchemaType = {
  pattern: /^(?:[a-zA-Z0-9.-]+|(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}|(?=.*::)[0-9a-fA-F:.]+)$/,
  description: 'an IP address or a host name',
};

/**
 * Reports a text that does not match libvirt's schema. libvirt checks the schema only on request (`virsh define
 * --validate`), so the domain can be defined nevertheless.
 */
export function checkSchema(
  what: string,
  text: string | undefined,
  type: SchemaType,
  span: Span | undefined,
  report: Report,
): void {
  if (text === undefined || type.pattern.test(text)) return;
  const message = `libvirt's schema requires ${type.description} as ${what}, not '${text}'`;
  report.add('schema-violation', message, span);
}

/** Rejects texts with leading or trailing blanks, which readers trim. */
export function refuseBlanks(
  what: string,
  text: string | undefined,
  span: Span | undefined,
  report: Report,
): void {
  if (text === undefined || !/^[ \t\n\r]|[ \t\n\r]$/.test(text)) return;
  report.add('value-invalid', `${what} begins or ends with a blank, which XML readers remove`, span);
}
