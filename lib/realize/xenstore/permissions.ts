import { omitUndefined } from '../../language/omit-undefined.js';
import { domId, type DomId } from '../domid.js';

/** The access of a domain to a node. The owner and dom0 have full access. */
export type Access = 'none' | 'read' | 'write' | 'both';

/** The permissions of a node. A new node has those of its parent. */
export interface Permissions {
  readonly owner: DomId;
  /** The access of domains that are not listed. */
  readonly others: Access;
  /** Domains with their own access. */
  readonly domains?: readonly { readonly domain: DomId; readonly access: Access }[];
}

const letters = { none: 'n', read: 'r', write: 'w', both: 'b' } as const satisfies Record<Access, string>;

/** The entries of a message, `n0`, `r7`: the first is the owner and the default. */
export function permissionEntries({ owner, others, domains = [] }: Permissions): string[] {
  const entries = [{ domain: owner, access: others }, ...domains];
  return entries.map(({ domain, access }) => `${letters[access]}${domain}`);
}

/** Permissions as printed by `xenstore-ls -p` and used in libxl's source: `n0,r7`. */
export function formatPermissions(permissions: Permissions): string {
  return permissionEntries(permissions).join(',');
}

/** @throws RangeError for invalid entries */
export function readPermissions(entries: readonly string[]): Permissions {
  const [first, ...domains] = entries.map(readEntry);
  if (!first) throw new RangeError('permissions without an owner');
  return omitUndefined({
    owner: first.domain,
    others: first.access,
    domains: domains.length > 0 ? domains : undefined,
  });
}

function readEntry(entry: string): { domain: DomId; access: Access } {
  const access = (Object.keys(letters) as Access[]).find((name) => letters[name] === entry[0]);
  if (access !== undefined && /^.\d{1,5}$/.test(entry))
    return { domain: domId(Number(entry.slice(1))), access };
  throw new RangeError(`'${entry}' is not a valid permission; use n0, r7, w3 or b12`);
}
