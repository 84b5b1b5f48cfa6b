/** docs/lab-report.md: the last result of each scenario on each lab. */
import { writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { markdownTable } from '../report-section.js';
import type { LabResult, Row } from './results.js';

/**
 * One line for all labs, in the format of the other suites.
 * @param absent labs that ran no scenario, each of which counts as a failure
 */
export function closingLine(rows: readonly Row[], absent: number): string {
  const passed = rows.filter((row) => row.passed).length;
  return `lab: ${passed} passed, ${rows.length - passed + absent} failed, 0 skipped`;
}

export async function writeReport(file: string, results: readonly LabResult[]): Promise<void> {
  const text = `# Lab report

Written by \`npm run test:lab -- --all\`, which plays each scenario against a real Xen, with each type of guest that it
is for; see test/lab/README.md. A scenario that was not played again keeps its last result; its line has the commit.
The hypervisor runs in an emulator that shares its machine with others: the seconds tell what a
person has to wait, not how fast anything is.

${markdownTable(
  ['lab', 'Xen', 'QEMU', 'libvirt', 'Linux', 'Node', 'seconds to boot'],
  results.map(({ suite, versions, bootSeconds }) => [
    suite.name,
    versions.Xen,
    versions.QEMU,
    versions.libvirt,
    versions.kernel,
    versions.Node,
    String(bootSeconds),
  ]),
)}

${markdownTable(
  ['scenario', 'guest', 'lab', 'result', 'seconds', 'commit'],
  results
    .flatMap(({ suite, rows }) => rows.map((row) => ({ ...row, lab: suite.name })))
    .toSorted((a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0))
    .map(({ title, type, lab, passed, seconds, tested }) => [
      type ? title.replace(/ \(\w+\)$/, '') : title,
      type?.toUpperCase() ?? '-',
      lab,
      passed ? 'pass' : 'FAIL',
      String(seconds),
      tested,
    ]),
)}

${markdownTable(
  ['scenarios passed', 'PV', 'PVH', 'HVM', 'no or several guests'],
  results.map(({ suite, rows }) => [
    suite.name,
    ...(['pv', 'pvh', 'hvm', undefined] as const).map((type) => {
      const ofType = rows.filter((row) => row.type === type);
      return `${ofType.filter(({ passed }) => passed).length} of ${ofType.length}`;
    }),
  ]),
)}

${markdownTable(
  ['measured', 'guest', 'lab', 'value'],
  results.flatMap(({ suite, rows }) =>
    rows.flatMap(({ type, measured }) =>
      measured.map(({ what, value }) => [what, type?.toUpperCase() ?? '-', suite.name, value]),
    ),
  ),
)}

What is measured inside a lab is in the time of dom0, which goes by executed instructions; compare numbers of one
lab with each other, and with nothing else.

## A plan

\`virt2xen plan fixtures/cloudstack/system-vm.xml --domid 7\`, in dom0:

\`\`\`text
${results[0]?.plan}
\`\`\`
`;
  writeFileSync(file, await format(text, { parser: 'markdown' }));
}
