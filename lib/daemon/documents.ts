import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Report } from '../diagnostics/diagnostic.js';
import { renderDiagnostics } from '../diagnostics/render.js';
import { omitUndefined } from '../language/omit-undefined.js';
import type { Channel } from '../model/channel.js';
import { parseUuid } from '../model/uuid.js';
import type { HvmDefaults } from '../document/options.js';
import { readChannelDocument } from '../realize/document.js';
import type { RunningDomain } from '../realize/dom0/domain.js';
import type { AttachOptions } from '../realize/host/attach.js';
import { parseOwner, privateAccess } from '../realize/qemu/access.js';
import { parseDocumentOptions, type DocumentOptions } from './options.js';

/** The desired channels of one domain. */
export interface Desired {
  /** The file name of the document; its path if it is libvirt's. */
  readonly file: string;
  /** Who has written it. libvirt's counts only for a domain without another. */
  readonly origin: 'directory' | 'libvirt';
  /** The domain that it is for. */
  readonly domain: { readonly uuid: string } | { readonly name: string };
  readonly channels: readonly Channel[];
  readonly options: AttachOptions;
}

/** A document of the directory. */
export interface LoadedDocument {
  readonly file: string;
  /** Changes with the document and its options. */
  readonly signature: string;
  /** The last valid version; absent if there was none since the daemon was started. */
  readonly desired?: Desired;
  /** Why the current version is not used: rendered diagnostics, or one line. */
  readonly problem?: string;
}

/** All documents, sorted by file name. */
export interface Documents {
  readonly all: readonly LoadedDocument[];
  /** Why the directory cannot be read; `all` is that of the last time then. */
  readonly problem?: string;
}

export interface LoadOptions {
  /** For documents whose options file does not specify them. */
  readonly defaults?: DocumentOptions;
  /** What the host chooses for its HVM guests. */
  readonly hvmDefaults?: HvmDefaults;
  /** In bytes (default: that of `convert`). */
  readonly maxInputSize?: number;
}

export const defaultDocumentDirectory = '/etc/virt2xen/domains';

const isDocument = (name: string): boolean => /^[^.].*\.(?:xml|cfg)$/.test(name);

/** The options file of a document: `web1.options` for `web1.xml`. */
export const optionsFileOf = (file: string): string => file.replace(/\.(?:xml|cfg)$/, '.options');

/**
 * Reads the directory of documents, `NAME.xml` and `NAME.cfg`, each with an optional `NAME.options`. A document that did
 * not change is not read again; of one that is not valid, the last valid version stays.
 */
export async function loadDocuments(
  directory: string,
  previous: Documents = { all: [] },
  options: LoadOptions = {},
): Promise<Documents> {
  let names: readonly string[];
  try {
    names = await readdir(directory);
  } catch (error) {
    return { ...previous, problem: `cannot read ${directory}: ${reasonOf(error)}` };
  }
  const files = names.filter(isDocument).toSorted((a, b) => (a < b ? -1 : 1));
  const all: LoadedDocument[] = [];
  for (const file of files) {
    const earlier = previous.all.find((document) => document.file === file);
    const loaded = await load(directory, file, earlier, options);
    if (loaded) all.push(loaded);
  }
  return { all };
}

async function load(
  directory: string,
  file: string,
  earlier: LoadedDocument | undefined,
  { defaults = {}, hvmDefaults, maxInputSize }: LoadOptions,
): Promise<LoadedDocument | undefined> {
  const path = join(directory, file);
  const last = earlier?.desired && { desired: earlier.desired };
  try {
    const signature = `${await signatureOf(path)} ${await signatureOf(join(directory, optionsFileOf(file)))}`;
    if (signature === earlier?.signature) return earlier;
    const options = await readOptions(join(directory, optionsFileOf(file)));
    if ('problem' in options) return { file, signature, ...last, ...options };
    const given = { ...defaults, ...options.options };
    const read = readChannelDocument(
      await readFile(path),
      omitUndefined({ transport: given.transport, hvmDefaults, limit: maxInputSize }),
    );
    const problem = renderDiagnostics(
      read.diagnostics.filter(({ severity }) => severity === 'error'),
      { file: path, source: read.source },
    );
    if (problem !== '') return { file, signature, ...last, problem };
    const domain = domainOf(given.domain, read);
    if (!domain) return { file, signature, ...last, problem: `${path}: error: the document names no domain` };
    const channels = read.channels.filter(({ name }) => !given.omit?.includes(name));
    return {
      file,
      signature,
      desired: { file, origin: 'directory', domain, channels, options: await attachOptions(file, given) },
    };
  } catch (error) {
    if (isAbsent(error)) return undefined;
    return { file, signature: '', ...last, problem: `${path}: error: ${reasonOf(error)}` };
  }
}

/** A file that does not exist has one, too. */
export async function signatureOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(':');
  } catch (error) {
    if (isAbsent(error)) return '-';
    throw error;
  }
}

async function readOptions(
  path: string,
): Promise<{ readonly options: DocumentOptions } | { readonly problem: string }> {
  const source = await readFile(path, 'utf8').catch((error: unknown) => {
    if (isAbsent(error)) return '';
    throw error;
  });
  const report = new Report();
  const options = parseDocumentOptions(source, report);
  if (!report.hasErrors) return { options };
  return { problem: renderDiagnostics(report.diagnostics, { file: path, source }) };
}

function domainOf(
  given: string | undefined,
  { name, uuid }: { readonly name?: string; readonly uuid?: string },
): Desired['domain'] | undefined {
  if (given !== undefined) {
    const parsed = parseUuid(given);
    return parsed === undefined ? { name: given } : { uuid: parsed };
  }
  if (uuid !== undefined) return { uuid };
  return name === undefined ? undefined : { name };
}

export async function attachOptions(document: string, options: DocumentOptions): Promise<AttachOptions> {
  const { socketMode: mode = privateAccess.mode, socketOwner, backend, ringBuffer } = options;
  const access = { mode, ...(socketOwner !== undefined && { owner: await parseOwner(socketOwner) }) };
  return omitUndefined({ document, access, backend, limitBytes: ringBuffer });
}

/**
 * The document of a running domain: the one with its UUID, otherwise one without a UUID and with its name, otherwise
 * libvirt's. Of several, the first.
 */
export function documentFor(
  { all }: Documents,
  { name, uuid }: Pick<RunningDomain, 'name' | 'uuid'>,
): Desired | undefined {
  return documentsFor({ all }, { name, uuid })[0];
}

/** All documents of a running domain; only the first is used. */
export function documentsFor(
  { all }: Documents,
  { name, uuid }: Pick<RunningDomain, 'name' | 'uuid'>,
): readonly Desired[] {
  const valid = all.flatMap(({ desired }) => desired ?? []);
  const matching = [
    ...valid.filter(({ domain }) => 'uuid' in domain && domain.uuid === uuid),
    ...valid.filter(({ domain }) => 'name' in domain && domain.name === lastingName(name)),
  ];
  const isOfDirectory = ({ origin }: Desired): boolean => origin === 'directory';
  return [...matching.filter(isOfDirectory), ...matching.filter((desired) => !isOfDirectory(desired))];
}

/** xl renames a domain that leaves the host before its end, and back if the migration fails. */
const lastingName = (name: string): string => name.replace(/--migratedaway$/, '');

export const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
