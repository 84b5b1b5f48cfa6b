import { format, resolveConfig } from 'prettier';
import type { XlOption } from '../../lib/xl/options/option.js';
import { supportedBy } from './supported-by.js';
import { optionSections } from '../../lib/xl/options/table.js';

/** The path of the page. */
export const pagePath = 'docs/xl-options.md';

const introduction = `# Every option of xl.cfg

Generated from \`lib/xl/options/\` and \`lib/xl/descriptors.ts\` by \`npm run docs\`; do not edit.

Use this page to look up whether virt2xen converts an option of xl.cfg, and to what. It lists the options of
xl.cfg(5) up to Xen 4.21 and the older ones that xl still reads. xl ignores any other name without an error
message; virt2xen preserves it and reports \`xl-option-unknown\`.

- **Type**: the type that xl requires. A boolean is a number: 0 is false, any other number is true. A name is
  compared in any case. xl ignores a value of another type (warning \`xl-ignored\`) or, where the column says
  _rejects_, rejects the config (error \`value-invalid\`). It also rejects a value that is not listed.
- **Guests**: the guest kinds for which the option has an effect; empty means all. _Arm_: it has an effect
  on Arm hosts only, and tells that the guest is for one (aarch64; \`--arch\` overrides it).
- **Xen**: the first release that supports the option, if later than 4.17. With an older \`--xen\` the option is
  omitted, with the warning \`target-too-old\`. A parameter in this column was added to the value later; an older
  xl rejects it, and so does virt2xen.
- **Default**: the value with the effect of none, where there is one. A setting at its default is no loss, even if
  libvirt has no counterpart (\`implied\`).
- **Domain XML**: the counterpart below \`<domain>\`. _preserved_: libvirt has no counterpart, and the setting is
  stored in \`<metadata>\`.
- **Model**: the field of the model whose descriptor in \`lib/xl/\` supports the option.
`;

/** The expected content of docs/xl-options.md. */
export async function pageOfOptions(): Promise<string> {
  const sections = optionSections.map(({ title, options }) => {
    const rows = Object.entries<XlOption>(options).map(([name, option]) => row(name, option));
    const head =
      '| Option | Type | Guests | Xen | Default | Domain XML | Model | Example |\n| --- | --- | --- | --- | --- | --- | --- | --- |';
    return `## ${title}\n\n${head}\n${rows.join('\n')}\n`;
  });
  const text = [introduction, ...sections].join('\n');
  return await format(text, { ...(await resolveConfig(pagePath)), filepath: pagePath });
}

function row(name: string, option: XlOption): string {
  const { guests = [], arm, example, obsolete, default: unset } = option;
  const support = supportedBy.get(name);
  const preserved = obsolete === undefined ? '_preserved_' : `_preserved_; xl ${obsolete}`;
  const cells = [
    code(name),
    typeOf(option),
    arm ? 'Arm' : guests.map((guest) => guest.toUpperCase()).join(', '),
    releasesOf(option),
    unset === undefined ? '' : code(unset),
    support ? code(support.element) : preserved,
    support ? code(support.field) : '',
    code(`${name} = ${example}`),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function typeOf({ type, values, strict }: XlOption): string {
  const what = strict ? `${type}, else xl rejects` : type;
  return values ? `${what}: ${values.map(code).join(', ')}` : what;
}

function releasesOf({ since, newer = {} }: XlOption): string {
  const parts = Object.entries(newer).map(([name, release]) => `${code(name)} ${release}`);
  return [...(since === undefined ? [] : [since]), ...parts].join(', ');
}

const code = (text: string): string => `\`${text}\``;
