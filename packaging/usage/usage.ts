/*
 * What `--help` says, as data: the source of the man pages and of the completions.
 */

export interface ProgramUsage {
  readonly describe: string;
  readonly epilogue: string;
  readonly commands: readonly CommandUsage[];
}

export interface CommandUsage {
  readonly name: string;
  /** With operands, as in the help: `status <domain>`. */
  readonly synopsis: string;
  readonly describe: string;
  readonly operands: readonly OperandUsage[];
  readonly options: readonly OptionUsage[];
  /** Commands below this one. */
  readonly subcommands: readonly { readonly synopsis: string; readonly describe: string }[];
  readonly examples: readonly { readonly command: string; readonly describe: string }[];
  readonly epilogue?: string;
}

export interface OperandUsage {
  readonly name: string;
  readonly describe: string;
  readonly choices: readonly string[];
}

export interface OptionUsage {
  readonly name: string;
  /** One letter. */
  readonly short?: string;
  readonly describe: string;
  /** What stands for its value in the help; absent if it has none. */
  readonly value?: string;
  readonly choices: readonly string[];
  /** The default that --help prints in brackets. */
  readonly otherwise?: string;
}
