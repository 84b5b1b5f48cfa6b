/*
 * What only the host knows, as texts: the options of the commands and of hooks share these forms.
 */

/** The parts of `NAME=VALUE`. @throws RangeError if one of them is missing */
function pairOf(text: string, form: string): readonly [name: string, value: string] {
  const equals = text.indexOf('=');
  if (equals < 1 || equals === text.length - 1) throw new RangeError(`'${text}': expected ${form}`);
  return [text.slice(0, equals), text.slice(equals + 1)];
}

/** Values by name. */
export type Pairs = Readonly<Record<string, string>>;

const withPair = (pairs: Pairs = {}, [name, value]: readonly [string, string]): Pairs =>
  Object.fromEntries([...Object.entries(pairs), [name, value]]);

/** Adds `NAME=BRIDGE`, the bridge of a libvirt network. @throws RangeError if it has another form */
export const addNetwork = (networks: Pairs | undefined, text: string): Pairs =>
  withPair(networks, pairOf(text, 'NAME=BRIDGE'));

/** Adds `NAME=DIR`, the directory of a libvirt storage pool. @throws RangeError if it has another form */
export function addPool(pools: Pairs | undefined, text: string): Pairs {
  const pair = pairOf(text, 'NAME=DIR');
  if (!pair[1].startsWith('/')) throw new RangeError(`'${text}': expected an absolute path`);
  return withPair(pools, pair);
}
