import { domId, type DomId } from './domid.js';
import type { Plan, PlannedChannel } from './plan.js';
import { xenstorePath, type XenstorePath } from './xenstore/path.js';
import type { Permissions } from './xenstore/permissions.js';

/** A node to write, with its permissions. */
export interface KeyWrite {
  readonly path: XenstorePath;
  readonly value: string;
  readonly permissions: Permissions;
}

/** The three directories of a channel. */
export interface ConsolePaths {
  /** The guest's. */
  readonly frontend: XenstorePath;
  /** The backend domain's. */
  readonly backend: XenstorePath;
  /** libxl's own, invisible to guests: xl lists channels from it, and removes them with the domain. */
  readonly libxl: XenstorePath;
}

const dom0 = domId(0);

export const homeOf = (domid: DomId): XenstorePath => xenstorePath(`/local/domain/${domid}`);

export const frontendsOf = (domid: DomId): XenstorePath =>
  xenstorePath(`/local/domain/${domid}/device/console`);

export const backendsOf = (domid: DomId, backendDomid: DomId): XenstorePath =>
  xenstorePath(`/local/domain/${backendDomid}/backend/console/${domid}`);

export const libxlConsolesOf = (domid: DomId): XenstorePath => xenstorePath(`/libxl/${domid}/device/console`);

export function pathsOf(domid: DomId, channel: Pick<PlannedChannel, 'devid' | 'backendDomid'>): ConsolePaths {
  const { devid, backendDomid } = channel;
  return {
    frontend: xenstorePath(`${frontendsOf(domid)}/${devid}`),
    backend: xenstorePath(`${backendsOf(domid, backendDomid)}/${devid}`),
    libxl: xenstorePath(`${libxlConsolesOf(domid)}/${devid}`),
  };
}

/**
 * All nodes of a channel, parents first, as libxl writes them (libxl_console.c: libxl__device_console_add,
 * libxl_device.c: libxl__device_generic_add), with two differences. Host paths are not readable by the guest.
 * And any connection other than a pty is written as `socket`, because xl fails to list a channel with a
 * connection that it does not support.
 */
export function keyWrites(domid: DomId, channel: PlannedChannel): readonly KeyWrite[] {
  const { backendDomid, name, chardev, limitBytes, output, backendKeys } = channel;
  const paths = pathsOf(domid, channel);
  const { frontend, backend, libxl } = paths;
  const [guests, backends] = [shared(domid, backendDomid), shared(backendDomid, domid)];
  const connection = chardev.type === 'pty' ? 'pty' : 'socket';
  const both = { 'frontend-id': String(domid), online: '1', state: '1', protocol: 'vt100', name, connection };
  return [
    { path: libxl, value: '', permissions: only(dom0) },
    ...below(libxl, { frontend, backend, ...both }, only(dom0)),
    ...(chardev.type === 'unix' ? below(libxl, { path: chardev.path }, only(dom0)) : []),
    { path: frontend, value: '', permissions: guests },
    ...below(frontend, { backend, 'backend-id': String(backendDomid), protocol: 'vt100' }, guests),
    ...below(frontend, { name, limit: String(limitBytes), type: 'ioemu', output, tty: '' }, backends),
    ...below(frontend, { state: '1' }, guests),
    { path: backend, value: '', permissions: backends },
    ...below(backend, backendKeys, only(backendDomid)),
    ...below(backend, { frontend, ...both }, backends),
  ];
}

/** All nodes of a plan, in the order in which they are written, in one transaction. */
export const planWrites = ({ domain, channels }: Plan): readonly KeyWrite[] =>
  channels.flatMap((channel) => keyWrites(domain.domid, channel));

/** Owned by one domain, readable by another. */
const shared = (owner: DomId, reader: DomId): Permissions => ({
  owner,
  others: 'none',
  domains: [{ domain: reader, access: 'read' }],
});

const only = (owner: DomId): Permissions => ({ owner, others: 'none' });

const below = (
  directory: XenstorePath,
  values: Readonly<Record<string, string>>,
  permissions: Permissions,
): readonly KeyWrite[] =>
  Object.entries(values).map(([key, value]) => ({
    path: xenstorePath(`${directory}/${key}`),
    value,
    permissions,
  }));
