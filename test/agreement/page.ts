import { excuses } from './differences.js';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** The result of a case. */
export interface Outcome {
  readonly from: 'libvirt' | 'xl';
  readonly name: string;
  readonly kind: 'same' | 'better' | 'worse' | 'refused by both' | 'only libvirt refuses';
  /** Why the difference is better; a case can have several reasons. */
  readonly reasons?: readonly string[];
}

const path = 'docs/conformance.md';

/** The content of docs/conformance.md, from the results of all cases. */
export function page(outcomes: readonly Outcome[]): string {
  const directions = ['libvirt', 'xl'] as const;
  const count = (from: Outcome['from'], kind: Outcome['kind']): number =>
    outcomes.filter((outcome) => outcome.from === from && outcome.kind === kind).length;
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const reasons = [...new Set(outcomes.flatMap((outcome) => outcome.reasons ?? []))].toSorted();
  const because = (from: Outcome['from'], reason: string): readonly Outcome[] =>
    outcomes.filter((outcome) => outcome.from === from && outcome.reasons?.includes(reason));
  return `# Agreement with libvirt's converter

The tests compare the output of virt2xen with that of \`virsh domxml-to-native xen-xl\` and \`domxml-from-native xen-xl\`
of libvirt 11.3: an xl.cfg byte by byte, an XML line by line with \`--profile libvirt\`. They also write this page
(\`UPDATE_DOCS=1 npm test\`).

${row(['', 'XML to xl.cfg', 'xl.cfg to XML'])}
${row(['---', '---:', '---:'])}
${row(['cases', ...directions.map((from) => outcomes.filter((outcome) => outcome.from === from).length)])}
${row(['same as libvirt', ...directions.map((from) => count(from, 'same'))])}
${row(['different, for a reason below', ...directions.map((from) => count(from, 'better'))])}
${row(['libvirt fails, virt2xen converts', ...directions.map((from) => count(from, 'only libvirt refuses'))])}
${row(['both report an error; virt2xen with its position', ...directions.map((from) => count(from, 'refused by both'))])}
${row(['worse', ...directions.map((from) => count(from, 'worse'))])}

A case that differs for a reason that is not listed below fails the tests.

## Differences, by reason

The second column is what libvirt's converter does there: it _opens the guest_ to more programs than the document does, it
_loses data_, or it writes what _xl rejects_ (or libxl, when it creates the guest); from xl.cfg, it converts what they
reject. A case can have several reasons. [differences-from-libvirt.md](differences-from-libvirt.md) explains each.

${row(['reason', 'libvirt', 'XML to xl.cfg', 'xl.cfg to XML'])}
${row(['---', '---', '---:', '---:'])}
${reasons
  .map((reason) => {
    const link = `[${reason}](differences-from-libvirt.md#${reason})`;
    return row([
      link,
      excuses[reason]?.join(', ') ?? '',
      ...directions.map((from) => because(from, reason).length || ''),
    ]);
  })
  .join('\n')}
`;
}

/** Whether the page in docs/ is up to date; with UPDATE_DOCS=1 it is written first. */
export function isFresh(text: string): boolean {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, text);
  const normal = (markdown: string): string => markdown.replace(/ +/g, ' ').replace(/-+:?/g, '-');
  return existsSync(path) && normal(readFileSync(path, 'utf8')) === normal(text);
}
