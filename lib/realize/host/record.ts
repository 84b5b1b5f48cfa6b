import { open, readFile, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { devId } from '../devid.js';
import { lifelineOf, logOf } from '../dom0/directory.js';
import { domId, type DomId } from '../domid.js';
import { RealizeError } from '../error.js';
import type { PlannedChannel } from '../plan.js';
import type { PlannedPort } from '../ports.js';
import { systemCode } from '../qemu/error.js';

/**
 * What virt2xen has created for a domain, or is about to create: written before anything is created, and shortened
 * after it was removed, so that the run after an interrupted one knows what to look for. It is a file, because
 * sockets and processes belong to the host and can outlive the keys of a domain.
 */
export interface DomainRecord {
  readonly version: 1;
  /** The domain that it was created for; one with the same UUID and another ID is a later one. */
  readonly domid: DomId;
  readonly name: string;
  /**
   * The backend of the channels without a backend domain, with `auto` resolved; the path of the module for a
   * plug-in.
   */
  readonly backend: string;
  readonly channels: readonly PlannedChannel[];
  /** Ports of the device model; absent: none. */
  readonly ports?: readonly PlannedPort[];
  /** The file name of the daemon's document that they are from; absent: attached by a command. */
  readonly document?: string;
}

const recordOf = (directory: string): string => join(directory, 'channels.json');
const unfinishedOf = (directory: string): string => join(directory, 'channels.json.new');

/** @throws RealizeError `record` for an invalid file */
export async function readRecord(directory: string): Promise<DomainRecord | undefined> {
  const path = recordOf(directory);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const read: unknown = JSON.parse(text);
    const record = read as DomainRecord;
    if (String(record.version) !== '1') throw new Error(`unsupported version ${record.version}`);
    domId(record.domid);
    for (const { devid, backendDomid } of record.channels) {
      devId(devid);
      domId(backendDomid);
    }
    return record;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RealizeError('record', `${path} is not a valid record: ${reason}`);
  }
}

/** Written atomically. */
export async function writeRecord(directory: string, record: DomainRecord): Promise<void> {
  const unfinished = unfinishedOf(directory);
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(record, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, recordOf(directory));
}

/** Removes the domain's directory; QEMU's files in it have been removed before. */
export async function removeRecord(directory: string): Promise<void> {
  // The record is removed last: while other files exist, it identifies them.
  for (const file of [
    unfinishedOf(directory),
    logOf(directory),
    lifelineOf(directory),
    recordOf(directory),
  ]) {
    await unlink(file).catch(ignoreAbsence);
  }
  await rmdir(directory).catch(ignoreAbsence);
}

/** The UUIDs of the domains that have a directory. */
export async function recordedDomains(runtimeDirectory: string): Promise<readonly string[]> {
  const names = await readdir(runtimeDirectory).catch(() => []);
  return names.filter((name) => /^[-0-9a-f]{36}$/.test(name));
}

function ignoreAbsence(error: unknown): void {
  if (!['ENOENT', 'ENOTEMPTY'].includes(systemCode(error))) throw error;
}
