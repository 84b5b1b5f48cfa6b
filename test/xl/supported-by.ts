import { blocks } from '../../lib/xl/descriptors.js';
import type { Domain } from '../../lib/model/domain.js';

/** What supports an option: a field of the model, and its counterpart below `<domain>`. */
interface Support {
  readonly field: keyof Domain;
  readonly element: string;
}

/** What supports each option of xl; an option that is not in it is preserved. */
export const supportedBy: ReadonlyMap<string, Support> = new Map(
  blocks.flatMap(({ field, keys, alsoRead = {} }) =>
    Object.entries({ ...keys, ...alsoRead }).map(([key, element]) => [key, { field, element }]),
  ),
);
