import { AgentError } from '../../lib/agent/error.js';
import { nameOf } from '../../lib/agent/node/endpoint.js';
import { openSession } from '../../lib/agent/node/open.js';
import { exitCodes } from '../exit-codes.js';
import { guarded, printJson } from '../guarded.js';
import { print } from '../terminal.js';
import { parseAgentArguments, UsageError, type AgentArguments } from './arguments.js';
import type { FoundEndpoint } from './channel.js';
import type { AgentContext, AgentWork, Shown } from './context.js';
import { openOptions } from './open-options.js';
import { queries } from './queries.js';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * `virt2xen agent`. Without yargs, whose start takes as long as the agent's answer.
 * @param words those after `agent`
 * @returns the exit status
 */
export async function runAgent(words: readonly string[]): Promise<number> {
  try {
    const args = parseAgentArguments(words);
    if (args) return await inSession(args);
    const { agentHelp } = await import('./help.js');
    print('stdout', agentHelp());
    return exitCodes.done;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    print('stderr', `virt2xen: ${error.message}\nRun virt2xen agent --help for usage.\n`);
    return exitCodes.usage;
  }
}

async function inSession(args: AgentArguments): Promise<number> {
  const stop = new AbortController();
  const interrupt = (): void =>
    stop.abort(new AgentError('closed', 'interrupted; the guest may still execute the command'));
  for (const signal of signals) process.once(signal, interrupt);
  const name = nameOfCommand(args);
  const program = { hasExited: false };
  const status = await guarded(args.json, async () => {
    if (name === 'wait') {
      const { waitForAgent } = await import('./work.js');
      return await waitForAgent(args, async () => (await findEndpoint(args)).endpoint, stop.signal);
    }
    const found = await findEndpoint(args);
    await using open = await openSession(found.endpoint, openOptions(args, stop.signal));
    const context: AgentContext = { ...args, session: open.session, signal: stop.signal };
    try {
      const executed = await execute(name, context);
      program.hasExited = true;
      return executed;
    } catch (error) {
      if (!(error instanceof AgentError) || stop.signal.aborted) throw error;
      throw await explained(error, context, found);
    }
  });
  for (const signal of signals) process.off(signal, interrupt);
  // The status of exec is that of the program; its own errors have one that few programs use, as with ssh.
  return name === 'exec' && !program.hasExited ? 255 : status;
}

const nameOfCommand = ({ command: { name, operands } }: AgentArguments): string =>
  /^[a-z]/.test(operands) ? `${name} ${operands.split(' ')[0] ?? ''}` : name;

async function execute(name: string, context: AgentContext): Promise<number> {
  const query = queries[name];
  if (query) return show(context, await query(context));
  const { changes, works } = await import('./work.js');
  const change = changes[name];
  if (change) return show(context, await change(context));
  const work: AgentWork | undefined = works[name];
  if (!work) throw new Error(`the command ${name} has no implementation`);
  return await work(context);
}

function show({ json }: AgentContext, shown: Shown): number {
  if (json) printJson(shown.json);
  else print('stdout', shown.text);
  return exitCodes.done;
}

async function findEndpoint({ target, runtimeDir }: AgentArguments): Promise<FoundEndpoint> {
  if (target.kind === 'socket') return { endpoint: { kind: 'socket', path: target.path } };
  const { endpointOfChannel } = await import('./channel.js');
  return await endpointOfChannel(target.domain, target.channel, runtimeDir);
}

/** The same error with what has happened on this host and in the guest, as far as that can be determined. */
async function explained(
  error: AgentError,
  context: AgentContext,
  found: FoundEndpoint,
): Promise<AgentError> {
  if (error.failure !== 'timeout' && error.failure !== 'closed' && error.failure !== 'restarted')
    return error;
  const { explain } = await import('./explain.js');
  const why = await explain(error, context, found).catch(() => undefined);
  if (why === undefined) return error;
  const { command } = error;
  return new AgentError(why.failure, `${nameOf(found.endpoint)}: ${why.message}`, { command });
}
