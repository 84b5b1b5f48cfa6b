import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** What came of a case. */
export interface Outcome {
  readonly from: 'libvirt' | 'xl';
  readonly name: string;
  readonly kind: 'same' | 'better' | 'worse' | 'refused by both' | 'only libvirt refuses';
  /** Why it is better; a case may have several. */
  readonly reasons?: readonly string[];
}

const path = 'docs/conformance.md';

/** docs/conformance.md, from the outcomes of all cases. */
export function page(outcomes: readonly Outcome[]): string {
  const directions = ['libvirt', 'xl'] as const;
  const count = (from: Outcome['from'], kind: Outcome['kind']): number =>
    outcomes.filter((outcome) => outcome.from === from && outcome.kind === kind).length;
  const countAbsent = (from: Outcome['from']): number =>
    outcomes.filter(
      ({ from: own, kind, reasons = [] }) =>
        own === from && kind === 'better' && reasons.every((reason) => reason.startsWith('absent-')),
    ).length;
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const reasons = [...new Set(outcomes.flatMap((outcome) => outcome.reasons ?? []))].toSorted();
  const because = (from: Outcome['from'], reason: string): readonly Outcome[] =>
    outcomes.filter((outcome) => outcome.from === from && outcome.reasons?.includes(reason));
  return `# Agreement with libvirt's converter

Written by the tests (\`UPDATE_DOCS=1 npm test\`), which hold every case against what libvirt 11.3 made of
it with \`domxml-to-native xen-xl\` and \`domxml-from-native xen-xl\`: an xl.cfg letter for letter, an XML
line for line with \`--profile libvirt\`.

${row(['', 'XML to xl.cfg', 'xl.cfg to XML'])}
${row(['---', '---:', '---:'])}
${row(['cases', ...directions.map((from) => outcomes.filter((outcome) => outcome.from === from).length)])}
${row(['the same as libvirt', ...directions.map((from) => count(from, 'same'))])}
${row(['better than libvirt', ...directions.map((from) => count(from, 'better'))])}
${row(['of these, only by what the document leaves out', ...directions.map((from) => countAbsent(from))])}
${row(['libvirt fails, and we do not', ...directions.map((from) => count(from, 'only libvirt refuses'))])}
${row(['both refuse, we with a place', ...directions.map((from) => count(from, 'refused by both'))])}
${row(['worse', ...directions.map((from) => count(from, 'worse'))])}

A case that differs without a reason on this list fails the tests, so that nothing can be worse in silence.

## Better, by reason

A case may be better for several reasons. [differences-from-libvirt.md](differences-from-libvirt.md)
explains each.

${row(['reason', 'XML to xl.cfg', 'xl.cfg to XML'])}
${row(['---', '---:', '---:'])}
${reasons
  .map((reason) => {
    const link = `[${reason}](differences-from-libvirt.md#${reason})`;
    return row([link, ...directions.map((from) => because(from, reason).length || '')]);
  })
  .join('\n')}
`;
}

/** Whether the page in docs/ says this; with UPDATE_DOCS=1 it is made to. */
export function isFresh(text: string): boolean {
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(path, text);
  const normal = (markdown: string): string => markdown.replace(/ +/g, ' ').replace(/-+:?/g, '-');
  return existsSync(path) && normal(readFileSync(path, 'utf8')) === normal(text);
}
