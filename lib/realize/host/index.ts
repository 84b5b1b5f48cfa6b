/**
 * Channels in running domains, as a library: `import { attach } from 'virt2xen/realize'`. For Node, on the
 * domain's host. docs/realize.md describes it.
 */
export type { Backend, BackendGiven, Endpoint, Endpoints, Look } from '../backends/backend.js';
export { devId, type DevId } from '../devid.js';
export { readChannelDocument, type ChannelDocument } from '../document.js';
export { domId, type DomId } from '../domid.js';
export { RealizeError, type RealizeFailure } from '../error.js';
export type { PlannedChannel } from '../plan.js';
export type { SocketAccess } from '../qemu/access.js';
export { findQemu } from '../qemu/binary.js';
export type { Chardev } from '../../qemu-syntax/chardev.js';
export type { ChannelToServe, ServedBy, ServingKeys } from '../served-by.js';
export { Xenstore } from '../xenstore/client.js';
export { socketPath } from '../xenstore/socket.js';
export { attach, type AttachedChannel, type AttachOptions, type AttachResult } from './attach.js';
export { detach, detachUnsaved, type DetachResult } from './detach.js';
export { findDomain, listDomains, type RunningDomain } from '../dom0/domain.js';
export { defaultQmpDirectory, defaultRuntimeDirectory, type Host } from '../dom0/host.js';
export { keepAttached, type Attachment } from './foreground.js';
export { gatherFacts, type Places } from './facts.js';
export type { Endpoint as ObservedEndpoint } from './endpoint.js';
export type { Creator, ObservedChannel } from './observe.js';
export type { AttachedPort } from './ports.js';
export { waitForPort, type PortGoal, type PortWaited } from './port-status.js';
export { lookAtSockets, servingQemus, type LookAtSocket, type ServingQemu } from './serving.js';
export {
  statusOf,
  type ChannelStatus,
  type DomainStatus,
  type HostView,
  type PortStatus,
  type Server,
} from './status.js';
export { waitForChannel, type Goal, type Waited } from './wait.js';
export { diagnose } from '../doctor/diagnose.js';
export { restoreConfigFor } from './restore.js';
export type { HostFacts } from '../doctor/facts.js';
export type { Finding } from '../doctor/finding.js';
export type { SocketQueues } from '../socket-queues.js';
export type { End, SupervisionEvent } from '../supervise.js';
