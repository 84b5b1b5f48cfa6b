/** Labs that `lab start` keeps running, for other commands to use instead of booting their own. */
import { readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { connectDom0 } from '../dom0/dom0.js';
import { cacheDirectory } from '../image/cache.js';
import type { Suite } from '../suites.js';
import { sshConfigOf } from './directory.js';

const linkOf = ({ name }: Suite): string => join(cacheDirectory(), `running-${name}`);

/** @returns a function that withdraws the announcement */
export function announceRunning(suite: Suite, directory: string): () => void {
  const link = linkOf(suite);
  rmSync(link, { force: true });
  symlinkSync(directory, link);
  return () => {
    rmSync(link, { force: true });
  };
}

/** @returns the directory of a running lab that answers */
export async function findRunning(suite: Suite): Promise<string | undefined> {
  try {
    const directory = readlinkSync(linkOf(suite));
    await connectDom0(sshConfigOf(directory)).run('true', { limitMs: 30_000 });
    return directory;
  } catch {
    return undefined;
  }
}
