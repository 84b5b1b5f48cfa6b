import { AgentSession, type SessionOptions } from '../session.js';
import { connect, nameOf, transportOf, type AgentEndpoint } from './endpoint.js';
import { lockEndpoint, type LockOptions } from './lock.js';

export interface OpenOptions extends SessionOptions, LockOptions {}

/** A session that holds the lock of its endpoint. */
export interface OpenSession extends AsyncDisposable {
  readonly session: AgentSession;
}

/**
 * Locks an endpoint and connects to it. Dispose the result soon: others wait.
 * @throws AgentError `busy` and `unreachable`
 */
export async function openSession(endpoint: AgentEndpoint, options: OpenOptions): Promise<OpenSession> {
  const lock = await lockEndpoint(endpoint, options);
  try {
    const socket = await connect(endpoint, options.signal);
    const session = new AgentSession(transportOf(socket, nameOf(endpoint)), options);
    return {
      session,
      [Symbol.asyncDispose]: () => {
        session.close();
        lock[Symbol.dispose]();
        return Promise.resolve();
      },
    };
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
}
