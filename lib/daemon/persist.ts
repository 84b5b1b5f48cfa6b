import { randomUUID } from 'node:crypto';
import { open, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { RealizeError } from '../realize/error.js';
import { lockDirectory } from '../realize/host/lock.js';
import type { RunningDomain } from '../realize/dom0/domain.js';
import { Report } from '../diagnostics/diagnostic.js';
import { documentFor, loadDocuments, optionsFileOf, type Documents } from './documents.js';
import { formatDocumentOptions, parseDocumentOptions, type DocumentOptions } from './options.js';

/** How long to wait for another process that writes to the directory. */
const lockSeconds = 30;

/** A domain that runs, or one that does not, by its name. */
export type DomainToPersist =
  Pick<RunningDomain, 'name' | 'uuid'> | { readonly name: string; readonly uuid?: undefined };

export interface DocumentToPersist {
  readonly text: string;
  readonly isXml: boolean;
  /** The domain in the document. */
  readonly name?: string;
  readonly uuid?: string;
}

/**
 * Writes the document of a domain, in the place of an earlier one, so that the daemon attaches its channels whenever the
 * domain starts.
 *
 * @returns the file name
 * @throws RealizeError `busy`; RangeError for options that cannot be written; errors of the file system
 */
export async function persistDocument(
  directory: string,
  domain: DomainToPersist,
  document: DocumentToPersist,
  options: DocumentOptions,
): Promise<string> {
  await using _lock = await lockDirectory(directory, lockSeconds);
  const earlier = fileOf(await loadDocuments(directory), domain);
  const file = `${fileNameFor(domain)}.${document.isXml ? 'xml' : 'cfg'}`;
  // Otherwise the document would be that of another domain.
  const isFor = document.uuid === undefined ? document.name === domain.name : document.uuid === domain.uuid;
  const text = formatDocumentOptions({ ...options, ...(!isFor && { domain: domain.name }) });
  const written = join(directory, optionsFileOf(file));
  if (text === '') await unlink(written).catch(ignoreAbsence);
  else await replaceFile(written, text);
  await replaceFile(join(directory, file), document.text);
  if (earlier !== undefined && earlier !== file) await removeDocument(directory, earlier, file);
  return file;
}

/**
 * Removes the document of a domain, or channels from it.
 *
 * @param names absent: the document; otherwise the channels to omit from now on
 * @returns the file name; `undefined` if the domain has no document
 * @throws RealizeError `channel` for a name that is not in the document; `busy`
 */
export async function forgetDocument(
  directory: string,
  domain: DomainToPersist,
  names: readonly string[] = [],
): Promise<string | undefined> {
  await using _lock = await lockDirectory(directory, lockSeconds);
  const documents = await loadDocuments(directory);
  const file = fileOf(documents, domain);
  if (file === undefined) return undefined;
  const { desired } = documents.all.find((document) => document.file === file) ?? {};
  const unknown = names.find((name) => desired?.channels.every((channel) => channel.name !== name));
  if (unknown !== undefined) throw new RealizeError('channel', `${file} has no channel '${unknown}'`);
  if (names.length === 0) await removeDocument(directory, file);
  else {
    const path = join(directory, optionsFileOf(file));
    const source = await readFile(path, 'utf8').catch((error: unknown) => {
      ignoreAbsence(error);
      return '';
    });
    const { omit = [], ...options } = parseDocumentOptions(source, new Report());
    await replaceFile(path, formatDocumentOptions({ ...options, omit: [...new Set([...omit, ...names])] }));
  }
  return file;
}

/** The document that is in effect for a domain, or the one that has its name. */
function fileOf(documents: Documents, domain: DomainToPersist): string | undefined {
  const desired = documentFor(documents, { name: domain.name, uuid: domain.uuid ?? '' });
  if (desired) return desired.file;
  const names = ['xml', 'cfg'].map((kind) => `${fileNameFor(domain)}.${kind}`);
  return documents.all.find(({ file }) => names.includes(file))?.file;
}

/** The name of the domain, if it can be that of a file. */
function fileNameFor({ name, uuid }: DomainToPersist): string {
  const isSafe = /^[\p{L}\p{N}_][\p{L}\p{N}_.@+ -]*$/u.test(name) && Buffer.byteLength(name) <= 200;
  if (isSafe) return name;
  if (uuid !== undefined) return uuid;
  throw new RangeError(`domain name '${name}' cannot be a file name; give the UUID of a running domain`);
}

async function removeDocument(directory: string, file: string, successor = ''): Promise<void> {
  await unlink(join(directory, file)).catch(ignoreAbsence);
  if (optionsFileOf(file) !== optionsFileOf(successor))
    await unlink(join(directory, optionsFileOf(file))).catch(ignoreAbsence);
}

/** The daemon sees the old content or the new one. It ignores names that start with a dot. */
async function replaceFile(path: string, content: string): Promise<void> {
  const slash = path.lastIndexOf('/');
  const unfinished = `${path.slice(0, slash)}/.${randomUUID()}`;
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await unlink(unfinished).catch(ignoreAbsence);
    throw error;
  }
}

function ignoreAbsence(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
}
