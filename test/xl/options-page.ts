import { format, resolveConfig } from 'prettier';
import type { XlOption } from '../../lib/xl/options/option.js';
import { optionSections } from '../../lib/xl/options/table.js';

/** Where the page is. */
export const pagePath = 'docs/xl-options.md';

const introduction = `# Every option of xl.cfg

Made from \`lib/xl/options/\` by \`npm run docs\`; a change here is lost.

These are the options of xl.cfg(5) up to Xen 4.20, and the older ones that xl still reads. Any other name xl
passes by without a word; virt2xen keeps it, with the warning \`xl-option-unknown\`.

- **Type** is what xl reads the value as. A boolean is a number: 0, or any other. A name is taken in any
  case. Of another type, xl ignores the value (warning \`xl-ignored\`) or, where it says _refuses_, the
  whole config (error \`value-invalid\`); so it does with a value that is none of those listed.
- **Guests**: xl reads the option for these only.
- **Xen**: the first release with it, if not 4.17; with an older \`--xen\` it is left out, with the
  warning \`target-too-old\`. A parameter in this column came later into the value; an older xl refuses it, and
  so does virt2xen.
- **Domain XML**: the element that says it, below \`<domain>\`. _kept_: libvirt has no word for it, and it
  goes into \`<metadata>\` as it is.
`;

/** docs/xl-options.md as it should be. */
export async function pageOfOptions(): Promise<string> {
  const sections = optionSections.map(({ title, options }) => {
    const rows = Object.entries<XlOption>(options).map(([name, option]) => row(name, option));
    const head =
      '| Option | Type | Guests | Xen | Domain XML | Example |\n| --- | --- | --- | --- | --- | --- |';
    return `## ${title}\n\n${head}\n${rows.join('\n')}\n`;
  });
  const text = [introduction, ...sections].join('\n');
  return await format(text, { ...(await resolveConfig(pagePath)), filepath: pagePath });
}

function row(name: string, option: XlOption): string {
  const { guests = [], libvirt, example, obsolete } = option;
  const kept = obsolete === undefined ? '_kept_' : `_kept_; xl ${obsolete}`;
  const cells = [
    code(name),
    typeOf(option),
    guests.map((guest) => guest.toUpperCase()).join(', '),
    releasesOf(option),
    libvirt === undefined ? kept : code(libvirt),
    code(`${name} = ${example}`),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function typeOf({ type, values, strict }: XlOption): string {
  const what = strict ? `${type}, else xl refuses` : type;
  return values ? `${what}: ${values.map(code).join(', ')}` : what;
}

function releasesOf({ since, newer = {} }: XlOption): string {
  const parts = Object.entries(newer).map(([name, release]) => `${code(name)} ${release}`);
  return [...(since === undefined ? [] : [since]), ...parts].join(', ');
}

const code = (text: string): string => `\`${text}\``;
