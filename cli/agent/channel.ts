import type { AgentEndpoint } from '../../lib/agent/node/endpoint.js';
import { AgentError } from '../../lib/agent/error.js';
import { findDomain, type RunningDomain } from '../../lib/realize/dom0/domain.js';
import { defaultQmpDirectory, defaultRuntimeDirectory } from '../../lib/realize/dom0/host.js';
import type { DomId } from '../../lib/realize/domid.js';
import { statusOf, type ChannelStatus, type PortStatus } from '../../lib/realize/host/status.js';
import { Xenstore } from '../../lib/realize/xenstore/client.js';
import { socketPath } from '../../lib/realize/xenstore/socket.js';

/** The host's end of a channel. */
export interface FoundEndpoint {
  readonly endpoint: AgentEndpoint;
  /** Undefined for a socket given by its path: its domain is not known. */
  readonly domid?: DomId;
}

/**
 * Finds the host's endpoint of a domain's channel, as `virt2xen status` shows it.
 * @throws AgentError `unreachable` if the channel does not exist, or has an endpoint that is not a byte stream
 */
export async function endpointOfChannel(
  domain: string,
  channel: string,
  runtimeDirectory = defaultRuntimeDirectory,
): Promise<Required<FoundEndpoint>> {
  await using store = await Xenstore.connect(socketPath(process.env));
  const found = await findDomain(store, domain);
  // Only what finds an endpoint.
  const view = { runtimeDirectory, qemus: [], lookAt: () => undefined };
  const isWanted = ({ name }: { readonly name: string }): boolean => name === channel;
  const { channels } = await statusOf(store, found, view);
  const console = channels.find(isWanted);
  if (console) return { endpoint: endpointOf(console, found), domid: found.domid };
  // Only now, because it takes the monitor of the device model for a moment.
  const { ports = [] } = await statusOf(store, found, { ...view, qmpDirectory: defaultQmpDirectory });
  const port = ports.find(isWanted);
  if (port) return { endpoint: endpointOf(port, found), domid: found.domid };
  const names = [...channels, ...ports].map(({ name }) => JSON.stringify(name)).join(', ');
  throw new AgentError(
    'unreachable',
    `domain ${found.name} has no channel ${JSON.stringify(channel)}; ${names === '' ? 'it has none' : `it has ${names}`}`,
  );
}

function endpointOf({ endpoint, name }: ChannelStatus | PortStatus, domain: RunningDomain): AgentEndpoint {
  switch (endpoint.kind) {
    case 'socket':
      return { kind: 'socket', path: endpoint.path };
    case 'pty':
      if (endpoint.path !== undefined) return { kind: 'pty', path: endpoint.path };
      throw unusable(name, domain, 'its terminal does not exist yet: no process serves it');
    case 'tcp': {
      const [, host = '', port = ''] = /^\[?(.*?)\]?:([0-9]+)$/.exec(endpoint.address) ?? [];
      return { kind: 'tcp', host, port: Number(port) };
    }
    default:
      throw unusable(name, domain, `its host endpoint is '${endpoint.kind}'; use a socket, a pty or TCP`);
  }
}

const unusable = (name: string, domain: RunningDomain, why: string): AgentError =>
  new AgentError('unreachable', `channel ${JSON.stringify(name)} of ${domain.name}: ${why}`);
