import type { DomId } from '../domid.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below, xenstorePath, type XenstorePath } from '../xenstore/path.js';
import type { Permissions } from '../xenstore/permissions.js';

/** The arguments of QEMU in a stubdomain, and the form in which they are stored. */
export interface StubdomainArguments {
  /**
   * numbered: one node each, `dm-argv/001` and so on (libxl_dm.c: libxl__write_stub_dmargs). joined: one node,
   * `dmargs`, with an escape character between arguments, as in stubdomains before Xen 4.15.
   */
  readonly form: 'numbered' | 'joined';
  readonly words: readonly string[];
}

const separator = '\x1b';

/**
 * @returns undefined if there are none, or only those of a MiniOS stubdomain: joined by blanks, for a QEMU of 2009
 *   that does not support such chardevs
 */
export async function readArguments(nodes: Nodes, uuid: string): Promise<StubdomainArguments | undefined> {
  const image = imageOf(uuid);
  const names = await nodes.directory(below(image, 'dm-argv'));
  if (names) {
    const numbered = names.filter((name) => /^[0-9]+$/.test(name)).toSorted((a, b) => Number(a) - Number(b));
    const words: string[] = [];
    for (const name of numbered) words.push((await nodes.read(below(image, 'dm-argv', name))) ?? '');
    return { form: 'numbered', words };
  }
  const joined = await nodes.read(below(image, 'dmargs'));
  return joined?.includes(separator) ? { form: 'joined', words: joined.split(separator) } : undefined;
}

/** Replaces all arguments; only the stubdomain may read them. */
export async function writeArguments(
  nodes: Nodes,
  uuid: string,
  stubdomid: DomId,
  { form, words }: StubdomainArguments,
): Promise<void> {
  const image = imageOf(uuid);
  const write = async (path: XenstorePath, value: string): Promise<void> => {
    await nodes.write(path, value);
    await nodes.setPermissions(path, readableBy(stubdomid));
  };
  if (form === 'joined') return await write(below(image, 'dmargs'), words.join(separator));
  const directory = below(image, 'dm-argv');
  await nodes.remove(directory);
  await write(directory, '');
  for (const [index, word] of words.entries()) {
    await write(below(directory, String(index + 1).padStart(3, '0')), word);
  }
}

const imageOf = (uuid: string): XenstorePath => xenstorePath(`/vm/${uuid}/image`);

const readableBy = (domain: DomId): Permissions => ({
  owner: 0 as DomId,
  others: 'none',
  domains: [{ domain, access: 'read' }],
});

/** The arguments and those of some chardevs; existing ones keep their positions. */
export const withChardevs = (words: readonly string[], options: readonly string[]): readonly string[] => [
  ...words,
  ...options.filter((option) => !hasChardev(words, option)).flatMap((option) => ['-chardev', option]),
];

/** The arguments without the chardevs of these IDs, in whatever form. */
export function withoutChardevs(words: readonly string[], ids: readonly string[]): readonly string[] {
  const isOne = (index: number): boolean =>
    words[index] === '-chardev' && ids.includes(/,id=([^,]*)/.exec(words[index + 1] ?? '')?.[1] ?? '');
  return words.filter((_, index) => !isOne(index) && !isOne(index - 1));
}

export const hasChardev = (words: readonly string[], option: string): boolean =>
  words.some((word, index) => word === option && words[index - 1] === '-chardev');
