import type { CommandUsage, ProgramUsage } from '../usage/usage.js';
import { configPage } from './config-page.js';
import { daemonPage } from './daemon-page.js';
import { exampleItems, exitStatus, files, optionItems, seeAlso, choicesLine } from './parts.js';
import { bold, item, italic, literal, paragraph, section, text, title } from './roff.js';

/** A release as pages name it. */
export interface Release {
  readonly version: string;
  /** As YYYY-MM-DD. */
  readonly date: string;
}

/** A man page by its file name, such as `virt2xen-convert.1`. */
export type Pages = ReadonlyMap<string, string>;

/** All man pages: of the program, of each command, of the daemon, and of the configuration file. Pure. */
export function manPages(program: ProgramUsage, release: Release): Pages {
  return new Map([
    ['virt2xen.1', programPage(program, release)],
    ...program.commands.map((command): [string, string] => [
      `virt2xen-${command.name}.1`,
      commandPage(command, program, release),
    ]),
    ...program.commands
      .filter(({ name }) => name === 'daemon')
      .map((command): [string, string] => ['virt2xend.8', daemonPage(command, program, release)]),
    ['virt2xen.conf.5', configPage(release)],
  ]);
}

function programPage({ describe, commands, epilogue }: ProgramUsage, { version, date }: Release): string {
  const list = commands
    .map(({ name, describe: what }) => item(`${bold(`virt2xen-${name}`)}(1)`, what))
    .join('');
  return [
    title('virt2xen', 1, date, version),
    section(
      'NAME',
      `virt2xen \\- ${text('convert between libvirt domain XML and Xen xl.cfg, with channels')}\n`,
    ),
    section(
      'SYNOPSIS',
      `${bold('virt2xen')} ${italic('COMMAND')} [${italic('ARGUMENT')}...]\n.br\n${bold('virt2xen')} ${bold('--help')} | ${bold('--version')}\n`,
    ),
    section('DESCRIPTION', paragraph(describe)),
    section('COMMANDS', list),
    section('OPTIONS', optionItems([])),
    exitStatus(epilogue),
    files,
    section(
      'SEE ALSO',
      seeAlso([
        ...commands.map(({ name }) => `virt2xen-${name}(1)`),
        'virt2xen.conf(5)',
        'virt2xend(8)',
        'xl.cfg(5)',
      ]),
    ),
  ].join('');
}

function commandPage(command: CommandUsage, { epilogue }: ProgramUsage, { version, date }: Release): string {
  const { name, synopsis, describe, operands, options, subcommands, examples } = command;
  const summary = describe.charAt(0).toLowerCase() + describe.slice(1);
  const terms = operands.map(({ name: operand, describe: what, choices }) =>
    item(italic(operand.toUpperCase()), what, ...choicesLine(choices)),
  );
  return [
    title(`virt2xen-${name}`, 1, date, version),
    section('NAME', `${literal(`virt2xen-${name}`)} \\- ${text(summary)}\n`),
    section('SYNOPSIS', synopsisOf(synopsis)),
    section(
      'DESCRIPTION',
      paragraph(`${describe}.`) +
        (command.epilogue === undefined ? '' : paragraph(command.epilogue)) +
        terms.join(''),
    ),
    section('COMMANDS', subcommands.map((each) => item(bold(each.synopsis), each.describe)).join('')),
    section('OPTIONS', optionItems(options)),
    exitStatus(epilogue),
    section('EXAMPLES', exampleItems(examples)),
    files,
    section('SEE ALSO', seeAlso(['virt2xen(1)', 'virt2xen.conf(5)', 'virt2xend(8)', 'xl.cfg(5)'])),
  ].join('');
}

/** `status <domain>` with operands in italics and capitals. */
function synopsisOf(synopsis: string): string {
  const [command = '', ...words] = synopsis.split(' ');
  const rest = words.map((word) => {
    const [, open = '', name = '', more = '', close = ''] = /^([<[]?)(.*?)(\.\.)?([>\]]?)$/.exec(word) ?? [];
    if (open === '') return text(word);
    const operand = italic(name.toUpperCase()) + (more === '' ? '' : '...');
    return open === '<' ? operand : `[${operand}]${close === '' ? '' : ''}`;
  });
  return `${bold(`virt2xen ${command}`)} [${italic('OPTION')}...] ${rest.join(' ')}`.trimEnd() + '\n';
}
