import { format, resolveConfig } from 'prettier';
import type { Default } from '../lib/model/default.js';
import { defaults } from '../lib/model/defaults.js';

export const defaultsPath = 'docs/defaults.md';

const introduction = `# What is not in the document

Generated from \`lib/model/defaults.ts\` by \`npm run docs\`; do not edit.

A missing value has a default, and the formats do not share all of them. Use this page to look up what
virt2xen writes for a value that a guest's document does not specify. No conversion makes a display more
reachable: one whose access Xen cannot limit as the document does (an expiring password, a socket, no port, TLS
only) is omitted with a warning.

- **xl**, **libvirt, Xen**, **libvirt, KVM**: what each does without the setting or the element.
- **XML to xl.cfg**: the value that is written if the element is absent. Empty: no line.
- **xl.cfg to XML**: what is written if the setting is absent. Empty: nothing.

With \`--profile libvirt\`, the output is libvirt's own: no \`vnc = 0\` for a guest without displays, no
\`vnclisten\` for a display without an address, and no \`<graphics>\` for an xl.cfg without \`vnc\`.
`;

/** The expected content of docs/defaults.md. */
export async function pageOfDefaults(): Promise<string> {
  const sections = [
    { title: 'HVM guests', guest: undefined },
    { title: 'PV guests', guest: 'pv' },
    { title: 'PVH guests', guest: 'pvh' },
  ].map(
    ({ title, guest }) =>
      `## ${title}\n\n${head}\n${defaults
        .filter((row) => row.guest === guest)
        .map(line)
        .join('\n')}\n`,
  );
  const text = `${introduction}\n${sections.join('\n')}`;
  return await format(text, { ...(await resolveConfig(defaultsPath)), filepath: defaultsPath });
}

const head =
  '| xl.cfg | Domain XML | xl | libvirt, Xen | libvirt, KVM | XML to xl.cfg | xl.cfg to XML |\n| --- | --- | --- | --- | --- | --- | --- |';

function line({
  guest,
  key,
  element,
  xl,
  libvirtXen,
  kvm,
  written = {},
  shown,
  refusedFrom,
}: Default): string {
  const { xen = '', kvm: ofKvm = '' } = written;
  const isSame = xen === ofKvm || guest !== undefined;
  const value = isSame ? code(xen) : `${code(ofKvm)} for KVM, ${code(xen)} for Xen`;
  const cells = [code(key), code(element), xl, libvirtXen, kvm, refusedFrom ? 'error for KVM' : value];
  return `| ${[...cells, code(shown ?? '')].join(' | ')} |`;
}

const code = (text: string): string => (text === '' ? '' : `\`${text}\``);
