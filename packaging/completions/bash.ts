import type { CommandUsage, ProgramUsage } from '../usage/usage.js';
import { operandChoices, optionWords } from './words.js';

/** A completion script for bash; it needs no other package. */
export function bashCompletion({ commands }: ProgramUsage): string {
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ choices }) => choices.length > 0)
      .map((option) => `    '${name} --${option.name}') words='${option.choices.join(' ')}' ;;`),
  );
  return `# Completion of virt2xen for bash.
_virt2xen() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]} words=
  if [ "$COMP_CWORD" = 1 ]; then
    COMPREPLY=($(compgen -W '${[...commands.map(({ name }) => name), '--help', '--version'].join(' ')}' -- "$current"))
    return
  fi
  case "$command $previous" in
${values.join('\n')}
    *)
      case $current in
        -*)
          case $command in
${commands.map(optionsOf).join('\n')}
          esac
          ;;
        *)
          case "$command $COMP_CWORD" in
${commands.flatMap(operandsOf).join('\n')}
          esac
          ;;
      esac
      ;;
  esac
  # Without words, bash completes file names.
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _virt2xen virt2xen
`;
}

const optionsOf = (command: CommandUsage): string =>
  `            ${command.name}) words='${optionWords(command).join(' ')}' ;;`;

/** Operands with choices, by their place on the command line. */
const operandsOf = (command: CommandUsage): readonly string[] =>
  operandChoices(command).map(
    ({ place, choices }) => `            '${command.name} ${place}') words='${choices.join(' ')}' ;;`,
  );
