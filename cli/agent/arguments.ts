import { parseArgs } from 'node:util';
import { agentCommands, commandOptions, commonOptions, type AgentCommandUsage } from './usage.js';

/** The arguments of `virt2xen agent`, parsed. */
export interface AgentArguments {
  readonly command: AgentCommandUsage;
  /** What follows the command; for commands with subcommands, without it. */
  readonly operands: readonly string[];
  readonly target: AgentTarget;
  readonly timeoutMs: number | undefined;
  readonly lockTimeoutMs: number;
  /** Contains the state of attached channels, and the locks of root. */
  readonly runtimeDir: string | undefined;
  readonly json: boolean;
  /** The options of single commands. */
  readonly options: CommandOptions;
}

export type AgentTarget =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'domain'; readonly domain: string; readonly channel: string };

export interface CommandOptions {
  readonly for: 'up' | 'down';
  readonly stdin: boolean;
  readonly env: readonly string[] | undefined;
  readonly minimum: number | undefined;
  readonly crypted: boolean;
  readonly reset: boolean;
}

/** The command line is wrong. */
export class UsageError extends Error {}

const longestSeconds = 2 ** 31 / 1000 - 1;

/**
 * @param words those after `agent`
 * @returns undefined if help is asked for
 * @throws UsageError
 */
export function parseAgentArguments(words: readonly string[]): AgentArguments | undefined {
  const { values, positionals } = parsed(words);
  if (values.help) return undefined;
  const rest = [...positionals];
  const target = targetOf(values, rest);
  const name = rest.shift();
  const { command, operands } = commandOf(name, rest);
  const allowed: readonly string[] = [...Object.keys(commonOptions), ...command.options];
  const stray = Object.keys(values).find((option) => !allowed.includes(option));
  if (stray !== undefined) throw new UsageError(`${name} has no option --${stray}`);
  const state = values.for ?? 'up';
  if (state !== 'up' && state !== 'down') throw new UsageError('--for requires up or down');
  const wrong = values.env?.find((setting) => !/^[^=]+=/.test(setting));
  if (wrong !== undefined) throw new UsageError(`--env ${wrong}: expected NAME=VALUE`);
  return {
    command,
    operands,
    target,
    timeoutMs: millisecondsOf('--timeout', values.timeout),
    lockTimeoutMs: millisecondsOf('--lock-timeout', values['lock-timeout']) ?? 10_000,
    runtimeDir: values['runtime-dir'],
    json: values.json ?? false,
    options: {
      for: state,
      stdin: values.stdin ?? false,
      env: values.env,
      minimum: values.minimum === undefined ? undefined : bytesOf('--minimum', values.minimum),
      crypted: values.crypted ?? false,
      reset: values.reset ?? false,
    },
  };
}

type Values = ReturnType<typeof parsed>['values'];

/** After `--`, all words are operands: those of a program in the guest. */
function parsed(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        ...commonOptions,
        ...commandOptions,
        env: { type: 'string', multiple: true },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function targetOf(values: Values, rest: string[]): AgentTarget {
  const { socket, channel = 'org.qemu.guest_agent.0' } = values;
  if (socket !== undefined) {
    if (values.channel !== undefined) throw new UsageError('--socket and --channel are mutually exclusive');
    return { kind: 'socket', path: socket };
  }
  const domain = rest.shift();
  if (domain === undefined) throw new UsageError('a domain or --socket PATH is required');
  return { kind: 'domain', domain, channel };
}

function commandOf(
  name: string | undefined,
  rest: readonly string[],
): { readonly command: AgentCommandUsage; readonly operands: readonly string[] } {
  if (name === undefined) throw new UsageError('no command given');
  const named = agentCommands.filter((command) => command.name === name);
  if (named.length === 0) throw new UsageError(`there is no command '${name}'`);
  const [first] = named;
  const isGroup = named.length > 1 || /^[a-z]/.test(first?.operands ?? '');
  const command = isGroup ? named.find(({ operands }) => operands.split(' ')[0] === rest[0]) : first;
  if (!command) {
    const choices = named.map(({ operands }) => operands.split(' ')[0]).join(', ');
    throw new UsageError(`${name} requires one of ${choices}`);
  }
  const operands = isGroup ? rest.slice(1) : rest;
  const words = command.operands.split(' ').filter((word) => word !== '--' && !/^[a-z]|^$/.test(word));
  const required = words.filter((word) => !word.startsWith('[')).length;
  const most = words.some((word) => word.includes('...')) ? Infinity : words.length;
  if (operands.length < required || operands.length > most) {
    throw new UsageError(`usage: virt2xen agent DOMAIN ${name} ${command.operands}`.trimEnd());
  }
  return { command, operands };
}

function millisecondsOf(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (/^[0-9.]+$/.test(text) && seconds >= 0 && seconds <= longestSeconds) return Math.round(seconds * 1000);
  throw new UsageError(`${option} requires a number of seconds from 0 to ${Math.floor(longestSeconds)}`);
}

function bytesOf(option: string, text: string): number {
  const bytes = Number(text);
  if (/^[0-9]+$/.test(text) && Number.isSafeInteger(bytes)) return bytes;
  throw new UsageError(`${option} requires a number of bytes`);
}
