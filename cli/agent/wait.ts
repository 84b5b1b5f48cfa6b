import { setTimeout as delay } from 'node:timers/promises';
import { AgentError } from '../../lib/agent/error.js';
import type { AgentEndpoint } from '../../lib/agent/node/endpoint.js';
import { openSession } from '../../lib/agent/node/open.js';
import { exitCodes } from '../exit-codes.js';
import { printJson } from '../guarded.js';
import { print } from '../terminal.js';
import type { AgentArguments } from './arguments.js';
import { openOptions } from './open-options.js';

/** An agent that does not answer for so long is down. */
const answerMs = 5000;
const pauseMs = 500;

/** `wait`: ends as soon as the agent answers, or does not answer any more. Its timeout is that of the whole wait. */
export async function waitForAgent(
  args: AgentArguments,
  find: () => Promise<AgentEndpoint>,
  stop: AbortSignal,
): Promise<number> {
  const { json, timeoutMs } = args;
  const goal = args.options.for;
  const limit = timeoutMs === undefined ? [] : [AbortSignal.timeout(timeoutMs)];
  const signal = AbortSignal.any([stop, ...limit]);
  try {
    let endpoint = await find();
    for (;;) {
      const isUp = await answers(args, endpoint, signal);
      if (isUp === (goal === 'up')) break;
      await delay(pauseMs, undefined, { signal });
      // A domain that reboots gets a new ID, and its channel new keys.
      endpoint = await find().catch(() => endpoint);
    }
  } catch (error) {
    if (stop.aborted || !signal.aborted) throw error;
    if (json) printJson({ outcome: 'timeout' });
    else print('stderr', `virt2xen: the agent is not ${goal}: timeout after ${(timeoutMs ?? 0) / 1000} s\n`);
    return exitCodes.document;
  }
  if (json) printJson({ outcome: 'reached' });
  return exitCodes.done;
}

async function answers(args: AgentArguments, endpoint: AgentEndpoint, signal: AbortSignal): Promise<boolean> {
  try {
    await using open = await openSession(endpoint, { ...openOptions(args, signal), waitMs: answerMs });
    await open.session.ping({ timeoutMs: answerMs, signal });
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AgentError)) throw error;
    // Who uses the agent gets answers from it.
    return error.failure === 'busy';
  }
}
