/** The documents that the suites convert: our fixtures, and collections outside of the repository. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say } from '../requirements.js';

export interface Document {
  /** Its path from the root of the repository. */
  readonly name: string;
  readonly text: string;
}

const said = new Set<string>();
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Every document below these folders, sorted; a missing folder is reported. */
export function documents(extension: '.xml' | '.cfg', ...folders: readonly string[]): readonly Document[] {
  return folders.flatMap((folder) => {
    const path = join(root, folder);
    if (!existsSync(path)) {
      const line = `${folder}/*${extension}: skipped, for there is no such folder`;
      if (!said.has(line)) say(line);
      said.add(line);
      return [];
    }
    return readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(extension))
      .toSorted()
      .map((file) => {
        const whole = join(path, file);
        return { name: relative(root, whole), text: readFileSync(whole, 'utf8') };
      });
  });
}
