import type { CommandUsage, OptionUsage, ProgramUsage } from '../usage/usage.js';
import { clause, operandChoices } from './words.js';

/** A completion script for zsh. */
export function zshCompletion({ commands }: ProgramUsage): string {
  return `#compdef virt2xen
# Completion of virt2xen for zsh.
_virt2xen() {
  local -a commands
  commands=(
${commands.map((command) => `    ${quote(`${command.name}:${command.describe}`)}`).join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${commands.map(caseOf).join('\n')}
  esac
}
_virt2xen "$@"
`;
}

function caseOf(command: CommandUsage): string {
  const specifications = [
    ...command.options.map(optionOf),
    ...operandChoices(command).map(({ place, name, choices }) =>
      quote(`${place - 1}:${name}:(${choices.join(' ')})`),
    ),
    quote('*:file:_files'),
  ];
  return `    ${command.name})
      _arguments \\
        ${specifications.join(' \\\n        ')}
      ;;`;
}

function optionOf(option: OptionUsage): string {
  const { name, short, value, choices } = option;
  const values = choices.length > 0 ? `(${choices.join(' ')})` : '_files';
  const rest = `[${escape(clause(option))}]${value === undefined ? '' : `:${escape(value)}:${values}`}`;
  // Without exclusion it may be repeated, as most may not, which the command reports.
  return short === undefined ? quote(`*--${name}${rest}`) : `{'*-${short}','*--${name}'}${quote(rest)}`;
}

const escape = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
