/** docs/lab-report.md: the results of the last complete run on each lab. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { markdownTable } from '../report-section.js';
import type { Dom0 } from './dom0/dom0.js';
import type { GuestType } from './guest/guest.js';
import type { Suite } from './suites.js';

/** The result of a scenario. */
export interface Row {
  readonly title: string;
  /** The type of its guests; absent if it has none, or guests of its own. */
  readonly type?: GuestType;
  readonly passed: boolean;
  readonly seconds: number;
  readonly measured: readonly Measurement[];
  /** The machine was lost during the scenario, which is repeated on another. */
  readonly isLost?: boolean;
}

export interface Measurement {
  readonly what: string;
  /** With its unit. */
  readonly value: string;
}

export interface LabResult {
  readonly suite: Suite;
  /** The tested commit, see `treeNow`. */
  readonly tree: string;
  readonly versions: Versions;
  /** The time from the start of QEMU to the first command in dom0. */
  readonly bootSeconds: number;
  readonly rows: readonly Row[];
  /** See `planOfSystemVm`. */
  readonly plan: string;
}

export type Versions = Readonly<Record<'Xen' | 'QEMU' | 'libvirt' | 'kernel' | 'Node', string>>;

/** Reads the versions of the programs in dom0. */
export async function versionsIn(dom0: Dom0): Promise<Versions> {
  const firstNumber = async (command: string): Promise<string> =>
    /\d[\w.+-]*/.exec(await dom0.run(command))?.[0] ?? 'unknown';
  return {
    Xen: await firstNumber('xl info xen_version'),
    QEMU: await firstNumber('/usr/libexec/xen-qemu-system-i386 --version | sed "s/.* version//"'),
    libvirt: await firstNumber('libvirtd --version'),
    kernel: await firstNumber('uname -r'),
    Node: await firstNumber('node --version'),
  };
}

/** The process that runs the scenarios writes a line of JSON for each. */
export const addRow = (file: string, row: Row): void => appendFileSync(file, `${JSON.stringify(row)}\n`);

/** The scenarios that were completed. */
export const readRows = (file: string): readonly Row[] => allRows(file).filter(({ isLost }) => !isLost);

/** The state of a scenario. */
export const rowsOf = (file: string, title: string): readonly Row[] =>
  allRows(file).filter((row) => row.title === title);

function allRows(file: string): readonly Row[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Row);
}

/** The output of `virt2xen plan` for CloudStack's system VM, which reads its configuration from a channel. */
export const planOfSystemVm = (dom0: Dom0): Promise<string> =>
  dom0.run(['virt2xen', 'plan', '-', '--domid', '7'], {
    input: readFileSync('fixtures/cloudstack/system-vm.xml', 'utf8'),
  });

/** The tested commit, as text. */
export function treeNow(): string {
  const git = (...words: readonly string[]): string =>
    execFileSync('git', words, { encoding: 'utf8' }).trim();
  const commit = git('rev-parse', '--short', 'HEAD');
  return git('status', '--porcelain') === '' ? `commit ${commit}` : `commit ${commit}, with changes`;
}

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
is for; see test/lab/README.md.
The hypervisor runs in an emulator that shares its machine with others: the seconds tell what a
person has to wait, not how fast anything is.

${markdownTable(
  ['lab', 'tested', 'Xen', 'QEMU', 'libvirt', 'Linux', 'Node', 'seconds to boot'],
  results.map(({ suite, tree, versions, bootSeconds }) => [
    suite.name,
    tree,
    versions.Xen,
    versions.QEMU,
    versions.libvirt,
    versions.kernel,
    versions.Node,
    String(bootSeconds),
  ]),
)}

${markdownTable(
  ['scenario', 'guest', 'lab', 'result', 'seconds'],
  results
    .flatMap(({ suite, rows }) => rows.map((row) => ({ ...row, lab: suite.name })))
    .toSorted((a, b) => (a.title < b.title ? -1 : a.title > b.title ? 1 : 0))
    .map(({ title, type, lab, passed, seconds }) => [
      type ? title.replace(/ \(\w+\)$/, '') : title,
      type?.toUpperCase() ?? '-',
      lab,
      passed ? 'pass' : 'FAIL',
      String(seconds),
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
