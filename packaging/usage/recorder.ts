import type { Argv, CommandModule, Options, PositionalOptions } from 'yargs';
import type { CommandUsage, OperandUsage, OptionUsage, ProgramUsage } from './usage.js';

interface Recorded {
  usage: string;
  epilogue: string;
  readonly modules: CommandModule[];
  readonly operands: OperandUsage[];
  /** By name: yargs uses the last definition of an option. */
  readonly options: Map<string, OptionUsage>;
  readonly examples: { readonly command: string; readonly describe: string }[];
}

/** What a function tells yargs about a program or command. Nothing is parsed. */
function record(describe: (yargs: Argv) => unknown): Recorded {
  const recorded: Recorded = {
    usage: '',
    epilogue: '',
    modules: [],
    operands: [],
    options: new Map(),
    examples: [],
  };
  const methods: Readonly<Record<string, (...args: never[]) => void>> = {
    usage: (text: string) => (recorded.usage = text),
    epilogue: (text: string) => (recorded.epilogue = text),
    command: (module: CommandModule) => recorded.modules.push(module),
    completion: (command: string, text: string) =>
      recorded.modules.push({ command, describe: text, handler: () => undefined }),
    positional: (name: string, positional: PositionalOptions) =>
      recorded.operands.push({
        name,
        describe: positional.describe ?? '',
        choices: choicesOf(positional.choices),
      }),
    option: (name: string, option: Options) => recorded.options.set(name, optionUsage(name, option)),
    example: (command: string, text: string) => recorded.examples.push({ command, describe: text }),
  };
  // They change how a command line is parsed, not what the help says.
  const silent = [
    'scriptName',
    'demandCommand',
    'strict',
    'locale',
    'version',
    'alias',
    'wrap',
    'help',
  ].concat('check', 'conflicts', 'implies');
  const recorder: Argv = new Proxy({} as Argv, {
    get: (_, method) => {
      const act = methods[String(method)] ?? (silent.includes(String(method)) ? () => undefined : undefined);
      if (!act) throw new Error(`the man pages do not describe what yargs' method ${String(method)} adds`);
      return (...args: never[]) => {
        act(...args);
        return recorder;
      };
    },
  });
  describe(recorder);
  return recorded;
}

/** The usage of a program that `describe` builds with yargs. */
export function recordProgram(describe: (yargs: Argv) => unknown): ProgramUsage {
  const { usage, epilogue, modules } = record(describe);
  return { describe: usage.split('\n\n')[1] ?? '', epilogue, commands: modules.map(recordCommand) };
}

function recordCommand({ command, describe, builder }: CommandModule): CommandUsage {
  const synopsis = String(typeof command === 'object' ? command[0] : command);
  const recorded = record((yargs) => (typeof builder === 'function' ? builder(yargs) : undefined));
  const { operands, options, examples, epilogue } = recorded;
  return {
    name: /^\S+/.exec(synopsis)?.[0] ?? '',
    synopsis,
    describe: String(describe),
    operands: [...operands].sort((a, b) => synopsis.indexOf(a.name) - synopsis.indexOf(b.name)),
    options: [...options.values()],
    subcommands: [],
    examples: examples.map((example) => ({
      ...example,
      command: example.command.replaceAll('$0', 'virt2xen'),
    })),
    ...(epilogue !== '' && { epilogue }),
  };
}

function optionUsage(name: string, option: Options): OptionUsage {
  const { alias, describe = '', type, choices } = option;
  const fallback: unknown = option.default;
  const isShown =
    fallback !== undefined && fallback !== false && !(Array.isArray(fallback) && fallback.length === 0);
  return {
    name,
    ...(typeof alias === 'string' && { short: alias }),
    describe,
    ...(type !== 'boolean' && { value: valueName(name, describe) }),
    choices: choicesOf(choices),
    ...(isShown && { otherwise: JSON.stringify(fallback).replaceAll('"', '') }),
  };
}

/** The form that the description names, such as NAME=BRIDGE, or the last word of the option. */
const valueName = (name: string, describe: string): string =>
  /\bas ([A-Z]+=[A-Z]+)\b/.exec(describe)?.[1] ?? (name.split('-').at(-1) ?? name).toUpperCase();

const choicesOf = (choices: Options['choices']): readonly string[] => (choices ?? []).map(String);
