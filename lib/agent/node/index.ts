/** Transports of Node for `virt2xen/agent`, and the lock for one user per endpoint. */
export { connect, nameOf, transportOf, type AgentEndpoint } from './endpoint.js';
export { lockEndpoint, type EndpointLock, type LockOptions } from './lock.js';
export { openSession, type OpenOptions, type OpenSession } from './open.js';
