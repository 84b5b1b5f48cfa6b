import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** A document, and what libvirt's own converter made of it. */
export interface Case {
  /** Such as `012-meta-name-bothquotes`. */
  readonly name: string;
  readonly input: Buffer;
  /** What libvirt wrote; absent if it refused, or died. */
  readonly output?: string;
}

const directory = '../shared/conformance';

/** libvirt's answers lie beside the project where its people have them; a fresh clone does without. */
export const hasCases = existsSync(directory);

/** @param from the format of the input */
export function casesFrom(from: 'libvirt' | 'xl'): readonly Case[] {
  const folder = `${directory}/${from === 'libvirt' ? 'to-xl' : 'from-xl'}`;
  const [input, output] = from === 'libvirt' ? ['.xml', '.cfg'] : ['.cfg', '.xml'];
  // Both folders hold files of either ending: a case has an answer of some kind.
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
