import type { Report } from '../../diagnostics/diagnostic.js';
import type { Span } from '../../diagnostics/span.js';

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', apos: "'", quot: '"' };

/** Characters that XML 1.0 does not allow (https://www.w3.org/TR/xml/#charsets), lone surrogates among them. */
// eslint-disable-next-line no-control-regex -- these are the characters to find
const forbidden = /[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/u;

/** Half of a pair of surrogates, or a forbidden character: a search that need not look at pairs is much faster. */
// eslint-disable-next-line no-control-regex -- these are the characters to find
const suspicious = /[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]/;

/** The offset of the first character that XML does not allow, or -1. */
export function findForbidden(text: string): number {
  return suspicious.test(text) ? text.search(forbidden) : -1;
}

/** A character for messages: U+0000. */
export function characterName(text: string, offset: number): string {
  return `U+${(text.codePointAt(offset) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

/**
 * Decodes `&lt;`, `&#60;`, `&#x3c;` and so on. An entity that XML does not define, and a reference to a character
 * that it forbids, is reported.
 *
 * @param where finds the position of the current reference, for messages
 * @param onEach called for each reference, before it is checked
 */
export function decodeReferences(
  raw: string,
  report: Report,
  where: () => Span,
  onEach: () => void = () => undefined,
): string {
  if (!raw.includes('&')) return raw;
  return raw.replace(/&([^;&\s<]{0,40});?/g, (reference, name: string) => {
    onEach();
    const decoded = reference.endsWith(';') ? decodeOne(name) : undefined;
    if (decoded !== undefined) return decoded;
    const span = where();
    const known = reference.endsWith(';') ? `'${reference}' is not defined in XML` : "'&' begins a reference";
    report.add('xml-reference', known, span, 'write &amp; for a plain &');
    return '';
  });
}

function decodeOne(name: string): string | undefined {
  if (Object.hasOwn(named, name)) return named[name];
  const number = /^#(?:x([0-9a-fA-F]{1,8})|([0-9]{1,8}))$/.exec(name);
  if (!number) return undefined;
  const code =
    number[1] === undefined ? Number.parseInt(number[2] ?? '', 10) : Number.parseInt(number[1], 16);
  if (code > 0x10ffff) return undefined;
  const character = String.fromCodePoint(code);
  return forbidden.test(character) ? undefined : character;
}

/** What a printer writes in another way than it is, or not at all; hardly any value has it. */
// eslint-disable-next-line no-control-regex -- these are the characters to find
const unusual = /[&<>"'\0-\x1f\ud800-\udfff\ufffe\uffff]/;

/** Whether a value is written as it is: nothing in it is escaped or forbidden. */
export const isPlainText = (text: string): boolean => !unusual.test(text);

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Escapes a text as libvirt's printer does: all five special characters, in texts and attributes alike. */
export function escapeText(text: string): string {
  if (!/[&<>"'\r]/.test(text)) return text;
  return text.replace(/[&<>"'\r]/g, (character) => escapes[character] ?? '&#13;');
}

/**
 * Escapes the value of an attribute; line breaks and tabs are written as references, because a parser would convert
 * them to blanks.
 */
export function escapeAttribute(value: string): string {
  if (!/[&<>"'\r\n\t]/.test(value)) return value;
  return escapeText(value).replace(/[\n\t]/g, (character) => (character === '\n' ? '&#10;' : '&#9;'));
}

/** The first character of a name, and the others (https://www.w3.org/TR/xml/#NT-NameStartChar), within the first plane. */
const nameStart =
  'A-Z_a-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff\\u200c\\u200d\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\uf900-\\ufdcf\\ufdf0-\\ufffd';
const local = `[${nameStart}][-.0-9\\u00b7\\u0300-\\u036f\\u203f\\u2040${nameStart}]*`;
// eslint-disable-next-line no-misleading-character-class -- joiners and combining characters are among them
const xmlName = new RegExp(`^${local}(?::${local})?$`);

/**
 * Whether a text can be the name of an element or attribute. JavaScript treats U+FEFF as a blank, and so do
 * parsers.
 */
export const isXmlName = (text: string): boolean => xmlName.test(text) && !text.includes('\ufeff');
