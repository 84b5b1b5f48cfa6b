import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A document, and the output of libvirt's converter for it. */
export interface Case {
  /** Such as `012-meta-name-bothquotes`. */
  readonly name: string;
  readonly input: Buffer;
  /** libvirt's output; absent if libvirt rejected the document or crashed. */
  readonly output?: string;
}

const directory = '../shared/conformance';

/** The outputs of libvirt are not part of the repository; without them the suite is skipped. */
export const hasCases = existsSync(directory);

/** @param from the format of the input */
export function casesFrom(from: 'libvirt' | 'xl'): readonly Case[] {
  const folder = `${directory}/${from === 'libvirt' ? 'to-xl' : 'from-xl'}`;
  const [input, output] = from === 'libvirt' ? ['.xml', '.cfg'] : ['.cfg', '.xml'];
  // Both folders contain files with either extension.
  return readdirSync(folder)
    .filter((file) => file.endsWith(input))
    .toSorted()
    .map((file) => {
      const name = file.slice(0, -input.length);
      const answer = `${folder}/${name}${output}`;
      return {
        name,
        input: readFileSync(`${folder}/${file}`),
        ...(existsSync(answer) && { output: readFileSync(answer, 'utf8') }),
      };
    });
}
