import { domId, type DomId } from '../domid.js';

/** What a domain may do with a node. Its owner may do everything, and so may dom0. */
export type Access = 'none' | 'read' | 'write' | 'both';

/** Who may do what with a node. A new node has those of its parent. */
export interface Permissions {
  readonly owner: DomId;
  /** What domains may do that are not listed. */
  readonly others: Access;
  /** Domains with rights of their own. */
  readonly domains?: readonly { readonly domain: DomId; readonly access: Access }[];
}

const letters = { none: 'n', read: 'r', write: 'w', both: 'b' } as const satisfies Record<Access, string>;

/** The entries of the wire, `n0`, `r7`: the first is the owner and everybody's default. */
export function permissionEntries({ owner, others, domains = [] }: Permissions): string[] {
  const entries = [{ domain: owner, access: others }, ...domains];
  return entries.map(({ domain, access }) => `${letters[access]}${domain}`);
}

/** Permissions as `xenstore-ls -p` prints them and libxl's source speaks of them: `n0,r7`. */
export function formatPermissions(permissions: Permissions): string {
  return permissionEntries(permissions).join(',');
}

/** @throws RangeError for entries that are none */
export function readPermissions(entries: readonly string[]): Permissions {
  const [first, ...domains] = entries.map(readEntry);
  if (!first) throw new RangeError('permissions without an owner');
  return { owner: first.domain, others: first.access, ...(domains.length > 0 && { domains }) };
}

function readEntry(entry: string): { domain: DomId; access: Access } {
  const access = (Object.keys(letters) as Access[]).find((name) => letters[name] === entry[0]);
  if (access !== undefined && /^.\d{1,5}$/.test(entry))
    return { domain: domId(Number(entry.slice(1))), access };
  throw new RangeError(`'${entry}' is not a valid permission; use n0, r7, w3 or b12`);
}
