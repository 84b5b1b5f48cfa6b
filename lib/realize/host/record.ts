import { open, readFile, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { devId } from '../devid.js';
import { logOf } from '../dom0/directory.js';
import { domId, type DomId } from '../domid.js';
import { RealizeError } from '../error.js';
import type { PlannedChannel } from '../plan.js';
import { systemCode } from '../qemu/error.js';

/**
 * What virt2xen has made for a domain, or is about to make: written before anything is made, and
 * shortened after it is gone, so that an interrupted run's successor knows what to look for. It is a
 * file, as sockets and processes are the host's and outlive a domain's keys.
 */
export interface DomainRecord {
  readonly version: 1;
  /** The domain that it was made for; one with the same uuid and another number is a later one. */
  readonly domid: DomId;
  readonly name: string;
  /** Who serves the channels that name no domain, `auto` resolved; a module's path for a plug-in. */
  readonly backend: string;
  readonly channels: readonly PlannedChannel[];
}

const recordOf = (directory: string): string => join(directory, 'channels.json');
const unfinishedOf = (directory: string): string => join(directory, 'channels.json.new');

/** @throws RealizeError `record` for a file that is none */
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

/** All of it or nothing. */
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

/** Removes the domain's directory; what QEMU had in it is gone before. */
export async function removeRecord(directory: string): Promise<void> {
  // The record goes last: while anything else is there, it is known whose it is.
  for (const file of [unfinishedOf(directory), logOf(directory), recordOf(directory)]) {
    await unlink(file).catch(ignoreAbsence);
  }
  await rmdir(directory).catch(ignoreAbsence);
}

/** The uuids of the domains for which there is anything. */
export async function recordedDomains(runtimeDirectory: string): Promise<readonly string[]> {
  const names = await readdir(runtimeDirectory).catch(() => []);
  return names.filter((name) => /^[-0-9a-f]{36}$/.test(name));
}

function ignoreAbsence(error: unknown): void {
  if (!['ENOENT', 'ENOTEMPTY'].includes(systemCode(error))) throw error;
}
