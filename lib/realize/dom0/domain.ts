import { domId, type DomId } from '../domid.js';
import { RealizeError } from '../error.js';
import { homeOf } from '../keys.js';
import { below, xenstorePath } from '../xenstore/path.js';
import type { Nodes } from '../xenstore/nodes.js';

/** A running domain in xenstore. */
export interface RunningDomain {
  readonly domid: DomId;
  readonly name: string;
  /** Lower case, with hyphens. */
  readonly uuid: string;
}

/**
 * Finds a domain by its ID, UUID or name.
 * @throws RealizeError `domain` if there is none, or if several have the name
 */
export async function findDomain(store: Nodes, text: string): Promise<RunningDomain> {
  const found = /^[0-9]{1,5}$/.test(text)
    ? [await readDomain(store, numberOf(text))].filter((domain) => domain !== undefined)
    : (await listDomains(store)).filter(({ name, uuid }) => name === text || uuid === text.toLowerCase());
  const [domain, second] = found;
  if (!domain) throw new RealizeError('domain', `domain '${text}' not found`);
  if (second) {
    const numbers = found.map(({ domid }) => domid).join(', ');
    throw new RealizeError('domain', `domain name '${text}' is ambiguous; use a domain id: ${numbers}`);
  }
  return domain;
}

/** All running domains, by ID. */
export async function listDomains(store: Nodes): Promise<readonly RunningDomain[]> {
  const names = (await store.directory(xenstorePath('/local/domain'))) ?? [];
  const numbers = names.filter((name) => /^[0-9]{1,5}$/.test(name)).map(Number);
  const domains: RunningDomain[] = [];
  for (const number of numbers.toSorted((a, b) => a - b)) {
    const domain = await readDomain(store, domId(number));
    if (domain) domains.push(domain);
  }
  return domains;
}

/**
 * The UUID is in `vm`, which the guest can only read. Some toolstacks write none for dom0, which does not need one.
 * @returns undefined if the domain does not exist
 */
export async function readDomain(store: Nodes, domid: DomId): Promise<RunningDomain | undefined> {
  const home = homeOf(domid);
  const [vm, name] = [await store.read(below(home, 'vm')), await store.read(below(home, 'name'))];
  const uuid = /^\/vm\/([-0-9a-f]{36})/i.exec(vm ?? '')?.[1]?.toLowerCase();
  return uuid === undefined ? undefined : { domid, name: name ?? `domain-${domid}`, uuid };
}

function numberOf(text: string): DomId {
  try {
    return domId(Number(text));
  } catch (error) {
    throw new RealizeError('domain', error instanceof Error ? error.message : String(error));
  }
}

/** Whether it is still the same domain: the ID can be reused. */
export async function isThere(store: Nodes, { domid, uuid }: RunningDomain): Promise<boolean> {
  return (await readDomain(store, domid))?.uuid === uuid;
}

/** Whether another domain has its ID now. */
export async function isReplaced(store: Nodes, { domid, uuid }: RunningDomain): Promise<boolean> {
  const domain = await readDomain(store, domid);
  return domain !== undefined && domain.uuid !== uuid;
}

/**
 * For transactions that write keys: they must not recreate the directory of a domain that has ended.
 * @throws RealizeError `gone`
 */
export async function mustBeThere(store: Nodes, domain: RunningDomain): Promise<void> {
  if (await isThere(store, domain)) return;
  throw new RealizeError('gone', `domain ${domain.domid} (${domain.name}) has ended`);
}
