import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface KitFile {
  readonly name: string;
  readonly mode: number;
  readonly text: string;
}

const directory = fileURLToPath(new URL('./guest-kit/', import.meta.url));

/** The files of the guest kit. The build puts them into the bundle. */
export const kitFiles: readonly KitFile[] = readdirSync(directory)
  .sort()
  .map((name) => ({
    name,
    mode: statSync(join(directory, name)).mode & 0o111 ? 0o755 : 0o644,
    text: readFileSync(join(directory, name), 'utf8'),
  }));
