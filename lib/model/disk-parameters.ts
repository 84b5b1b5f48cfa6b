/*
 * The parameters of a disk string that the model has no field for, as `Disk.xlParameters` preserves them. Two of them
 * say how the source is written (xl-disk-configuration(5)): the script that makes a block device of it, and its target.
 */

const scriptPrefix = 'script=';
const targetPrefix = 'target=';

/** Whether a parameter is part of how a source is written. */
export const isOfSource = (parameter: string): boolean =>
  parameter.startsWith(scriptPrefix) || parameter.startsWith(targetPrefix);

/** The script among the parameters of a disk; the last one applies. */
export const scriptOf = (parameters: readonly string[] = []): string | undefined =>
  parameters.findLast((parameter) => parameter.startsWith(scriptPrefix))?.slice(scriptPrefix.length);

/** The preserved target of a disk. */
export const targetOf = (parameters: readonly string[] = []): string | undefined =>
  parameters.find((parameter) => parameter.startsWith(targetPrefix))?.slice(targetPrefix.length);

/** A target as a parameter. It stands behind all others, because it may have commas. */
export const targetParameter = (target: string): string => targetPrefix + target;

/** Parameters that were split at commas: those of the target are one again. */
export function joinTarget(parameters: readonly string[]): readonly string[] {
  const at = parameters.findIndex((parameter) => parameter.startsWith(targetPrefix));
  return at < 0 ? parameters : [...parameters.slice(0, at), parameters.slice(at).join(',')];
}
