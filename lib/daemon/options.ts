import type { Report } from '../diagnostics/diagnostic.js';
import { transportOptions, type TransportOption } from '../document/transport.js';
import { parseMode } from '../realize/qemu/access.js';
import { quoted } from '../text/controls.js';

/** How the channels of a document are attached: the content of its options file. Absent ones have the daemon's default. */
export interface DocumentOptions {
  /** The domain, by name or UUID; absent: that of the document. */
  readonly domain?: string;
  readonly socketMode?: number;
  /** USER, USER:GROUP or :GROUP. */
  readonly socketOwner?: string;
  readonly backend?: string;
  readonly transport?: TransportOption;
  /** In bytes. */
  readonly ringBuffer?: number;
  /** Channels of the document that are not attached, by name. */
  readonly omit?: readonly string[];
}

interface Key {
  /** @throws Error for an invalid value */
  readonly parse: (options: DocumentOptions, value: string) => DocumentOptions;
  readonly format: (options: DocumentOptions) => readonly string[];
}

const text = (value: string | undefined): readonly string[] => (value === undefined ? [] : [value]);

/** The lines of a file, by key: the names of attach's options. */
const keys: Readonly<Record<string, Key>> = {
  domain: {
    parse: (options, domain) => ({ ...options, domain }),
    format: ({ domain }) => text(domain),
  },
  'socket-mode': {
    parse: (options, value) => ({ ...options, socketMode: parseMode(value) }),
    format: ({ socketMode }) => text(socketMode?.toString(8).padStart(4, '0')),
  },
  'socket-owner': {
    parse: (options, socketOwner) => ({ ...options, socketOwner }),
    format: ({ socketOwner }) => text(socketOwner),
  },
  backend: {
    parse: (options, backend) => ({ ...options, backend }),
    format: ({ backend }) => text(backend),
  },
  transport: {
    parse: (options, value) => {
      const transport = transportOptions.find((known) => known === value);
      if (!transport)
        throw new Error(`'${value}' is not a valid transport; use ${transportOptions.join(' or ')}`);
      return { ...options, transport };
    },
    format: ({ transport }) => text(transport),
  },
  'ring-buffer': {
    parse: (options, value) => {
      if (!/^[0-9]{1,15}$/.test(value)) throw new Error(`'${value}' is not a valid number of bytes`);
      return { ...options, ringBuffer: Number(value) };
    },
    format: ({ ringBuffer }) => text(ringBuffer?.toString()),
  },
  omit: {
    parse: (options, name) => ({ ...options, omit: [...(options.omit ?? []), name] }),
    format: ({ omit = [] }) => omit,
  },
};

/**
 * Parses an options file: a line `key = value` for each option, blank lines, and comments that start with `#`. The value
 * is the rest of the line, without surrounding blanks. Pure.
 *
 * @param report gets an `options-invalid` for each invalid line
 */
export function parseDocumentOptions(source: string, report: Report): DocumentOptions {
  let options: DocumentOptions = {};
  const seen = new Set<string>();
  for (const { 0: line, index } of source.matchAll(/[^\r\n]+/g)) {
    const start = index + line.length - line.trimStart().length;
    const invalid = (why: string): void =>
      report.add('options-invalid', why, { start, end: index + line.trimEnd().length });
    if (line.trim() === '' || line.trim().startsWith('#')) continue;
    const [, name = '', value = ''] = /^\s*([^=]*?)\s*=\s*(.*?)\s*$/u.exec(line) ?? [];
    const key = Object.hasOwn(keys, name) ? keys[name] : undefined;
    if (!line.includes('=')) invalid('a line must be KEY = VALUE');
    else if (!key) invalid(`unknown option ${quoted(name)}; use ${Object.keys(keys).join(', ')}`);
    else if (value === '') invalid(`option '${name}' has no value`);
    else if (seen.has(name) && name !== 'omit') invalid(`option '${name}' is given more than once`);
    else {
      seen.add(name);
      try {
        options = key.parse(options, value);
      } catch (error) {
        invalid(error instanceof Error ? error.message : String(error));
      }
    }
  }
  return options;
}

/**
 * The file that parseDocumentOptions reads; empty if there are no options.
 * @throws RangeError for a value that does not fit in a line
 */
export function formatDocumentOptions(options: DocumentOptions): string {
  const lines = Object.entries(keys).flatMap(([name, { format }]) =>
    format(options).map((value) => {
      if (value.trim() !== value || value === '' || /[\r\n]/.test(value))
        throw new RangeError(`option '${name}': ${quoted(value)} cannot be written to an options file`);
      return `${name} = ${value}\n`;
    }),
  );
  return lines.join('');
}
