/**
 * The QEMU guest agent, over any byte stream: `import { AgentSession } from 'virt2xen/agent'`. It uses no API of
 * Node's; `virt2xen/agent/node` has transports for Unix sockets, TCP and terminals. docs/agent.md describes it.
 *
 * The commands are those of qga/qapi-schema.json of QEMU 7.2 and 10.0, with its names of members.
 */
export { getInfo, type Capabilities, type CommandInfo } from './capabilities.js';
export * from './commands/accounts.js';
export * from './commands/exec.js';
export * from './commands/file.js';
export * from './commands/network.js';
export * from './commands/power.js';
export * from './commands/storage.js';
export * from './commands/system.js';
export { AgentError, type AgentErrorOptions, type AgentFailure } from './error.js';
export { exec, inputLimitBytes, type ExecOptions, type Exited } from './exec.js';
export { readFile, writeFile, type ReadOptions, type WriteOptions } from './file.js';
export type { Departure } from './pending.js';
export type { AgentRequest, CallOptions } from './request.js';
export { AgentSession, defaultTimeoutMs, type SessionOptions } from './session.js';
export type { Receiver, Transport } from './transport.js';
export { commandVersions, type AgentCommand, type Availability } from './versions.js';
