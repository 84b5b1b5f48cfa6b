import { chmodSync, copyFileSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** What a package installs at one path. */
export type Entry = { readonly path: string } & (
  | { readonly text: string | Uint8Array; readonly mode?: number }
  | { readonly copyOf: string; readonly mode?: number }
  | { readonly linkTo: string }
);

/** Writes the files of a package below a directory, all with one time, so that the same files make the same package. */
export function writeTree(root: string, entries: readonly Entry[], epochSeconds: number): void {
  for (const entry of entries) {
    const path = join(root, entry.path);
    mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
    if ('linkTo' in entry) {
      symlinkSync(entry.linkTo, path);
      continue;
    }
    if ('text' in entry) writeFileSync(path, entry.text);
    else copyFileSync(entry.copyOf, path);
    chmodSync(path, entry.mode ?? 0o644);
    utimesSync(path, epochSeconds, epochSeconds);
  }
}

/** Compressed without a name and a time, as packages of Debian require. */
export const gzip = (text: string): Uint8Array => {
  const bytes = gzipSync(text, { level: 9 });
  // The byte of the operating system, which depends on how zlib was built.
  bytes[9] = 3;
  return bytes;
};
