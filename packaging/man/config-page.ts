import { configKeys, configSections, type ConfigKey } from '../../cli/config/keys.js';
import { bold, item, italic, paragraph, section, title, verbatim } from './roff.js';

/** virt2xen.conf(5), from the table that the configuration file is read with. */
export function configPage({ version, date }: { readonly version: string; readonly date: string }): string {
  const sections = configSections.map((name) => {
    const keys = configKeys.filter((key) => key.section === name);
    return `.SS [${name}]\n${keys.map(keyItem).join('')}`;
  });
  return [
    title('virt2xen.conf', 5, date, version),
    section('NAME', 'virt2xen.conf \\- configuration file of virt2xen\n'),
    section('SYNOPSIS', `${italic('/etc/virt2xen/config.toml')}\n`),
    section(
      'DESCRIPTION',
      paragraph(
        'Settings of a host for all commands and hooks of virt2xen, in TOML. The file and every key in it are optional. Options of commands and hooks override it.',
      ) +
        paragraph(
          'Unknown sections and keys, and invalid values, are errors: commands exit with status 3, and hooks reject the guest where their manager allows it. Check a file before it is installed:',
        ) +
        verbatim('virt2xen config new.toml'),
    ),
    section('SECTIONS', sections.join('')),
    section(
      'ENVIRONMENT',
      item(bold('VIRT2XEN_CONFIG'), 'Another file, in place of /etc/virt2xen/config.toml.'),
    ),
    section('EXAMPLES', verbatim(exampleFile())),
    section('SEE ALSO', '.BR virt2xen (1),\n.BR virt2xen\\-config (1)\n'),
  ].join('');
}

function keyItem({ key, describe, otherwise, example, option }: ConfigKey): string {
  const term = key === undefined ? italic('NAME') : bold(key);
  const written = key === undefined ? example : `${key} = ${example}`;
  return item(term, `${describe} (default: ${otherwise}).`, `Example: ${written}`, `Option: ${option}`);
}

/** A file with every key. */
export const exampleFile = (): string =>
  configSections
    .map((name) => {
      const keys = configKeys.filter(({ section: own }) => own === name);
      const lines = keys.map(({ key, example }) => (key === undefined ? example : `${key} = ${example}`));
      return [`[${name}]`, ...lines].join('\n');
    })
    .join('\n\n');
