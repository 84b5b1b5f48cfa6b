/*
 * The few macros of man(7) that the pages need. Every text is escaped here.
 */

/** A text as roff: its backslashes, and dots and quotes at the start of a line, are not commands. */
export const text = (plain: string): string => plain.replaceAll('\\', '\\e').replace(/^(?=[.'])/gm, '\\&');

/** What is typed: a hyphen must stay one when it is copied. */
export const literal = (plain: string): string => text(plain).replaceAll('-', '\\-');

export const bold = (plain: string): string => `\\fB${literal(plain)}\\fR`;
export const italic = (plain: string): string => `\\fI${literal(plain)}\\fR`;

/** A paragraph of text that is wrapped. */
export const paragraph = (plain: string): string => `.PP\n${text(plain)}\n`;

/** A term and what it means; the term is roff. */
export const item = (term: string, ...meaning: readonly string[]): string =>
  `.TP\n${term}\n${meaning.map((line) => `${text(line)}\n`).join('.br\n')}`;

/** Lines that are not wrapped. */
export const verbatim = (plain: string): string => `.PP\n.in +4n\n.nf\n${literal(plain)}\n.fi\n.in\n`;

export const section = (heading: string, body: string): string =>
  body === '' ? '' : `.SH ${heading}\n${body.replace(/^\.PP\n/, '')}`;

/** @param date as YYYY-MM-DD */
export const title = (name: string, number: 1 | 5 | 8, date: string, version: string): string =>
  `.TH ${name.toUpperCase().replaceAll('-', '\\-')} ${number} "${date}" "virt2xen ${version}" "virt2xen"\n`;
