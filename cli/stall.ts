import { AgentError } from '../lib/agent/error.js';
import { nameOf, type AgentEndpoint } from '../lib/agent/node/endpoint.js';
import { otherClient } from './agent/explain.js';

/** Fails a transfer that makes no progress. */
export interface Stalled {
  /** @param what is described if the promise takes too long */
  readonly during: (work: Promise<void>, what: () => string) => Promise<void>;
  readonly whileMoving: (work: Promise<void>, count: () => number) => Promise<void>;
}

/** @param idle what is wrong in the guest if no other client uses the channel */
export function stallOf(endpoint: AgentEndpoint, limitMs: number, idle: string): Stalled {
  const failure = async (what: string): Promise<never> => {
    const why = endpoint.kind === 'socket' ? await otherClient(endpoint.path) : undefined;
    const reason = why?.message ?? idle;
    throw new AgentError('timeout', `${nameOf(endpoint)}: ${what} for ${limitMs / 1000} s: ${reason}`);
  };
  const within = async (promise: Promise<void>): Promise<boolean> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), limitMs)));
    try {
      return await Promise.race([promise.then(() => true), late]);
    } finally {
      clearTimeout(timer);
    }
  };
  return {
    during: async (promise, what) => {
      if (!(await within(promise))) await failure(what());
    },
    whileMoving: async (promise, count) => {
      for (let before = count(); !(await within(promise)); before = count()) {
        if (count() === before) await failure(`${before} bytes received, then none`);
      }
    },
  };
}
