/**
 * The results of scenarios. A run with `--all` keeps them in `results/`: a line of JSON for each scenario, and a file
 * about the lab. docs/lab-report.md is written from them.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  /** The tested commit, see `treeNow`. */
  readonly tested: string;
  /** The machine was lost during the scenario, which is repeated on another. */
  readonly isLost?: boolean;
}

export interface Measurement {
  readonly what: string;
  /** With its unit. */
  readonly value: string;
}

/** What the report says about a lab. */
export interface LabFacts {
  readonly versions: Versions;
  /** The time from the start of QEMU to the first command in dom0. */
  readonly bootSeconds: number;
  /** See `planOfSystemVm`. */
  readonly plan: string;
}

export type Versions = Readonly<Record<'Xen' | 'QEMU' | 'libvirt' | 'kernel' | 'Node', string>>;

export interface LabResult extends LabFacts {
  readonly suite: Suite;
  readonly rows: readonly Row[];
}

const folder = 'test/lab/results';
const report = 'docs/lab-report.md';

const rowsFileOf = ({ name }: Suite): string => join(folder, `${name}.jsonl`);
const factsFileOf = ({ name }: Suite): string => join(folder, `${name}.json`);

/** The process that runs the scenarios writes a line for each. */
export const addRow = (file: string, row: Row): void => appendFileSync(file, lineOf(row));

const lineOf = (row: Row): string => `${JSON.stringify(row)}\n`;

/** The scenarios that were completed. */
export const readRows = (file: string): readonly Row[] => allRows(file).filter(({ isLost }) => !isLost);

/** The state of a scenario. */
export const rowsOf = (file: string, title: string): readonly Row[] =>
  allRows(file).filter((row) => row.title === title);

function allRows(file: string): readonly Row[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Row);
}

/**
 * The kept results of a lab, for a run that adds to them.
 * @param keeps whether the result of a scenario is kept; others are forgotten, and these scenarios are played
 */
export function keptResults(
  suite: Suite,
  keeps: (row: Row) => boolean,
): Disposable & { readonly file: string } {
  mkdirSync(folder, { recursive: true });
  const file = rowsFileOf(suite);
  writeFileSync(file, readRows(file).filter(keeps).map(lineOf).join(''));
  return { file, [Symbol.dispose]: () => undefined };
}

/** A file for the results of a run that does not keep them. */
export function passingResults(): Disposable & { readonly file: string } {
  const directory = mkdtempSync(join(tmpdir(), 'virt2xen-lab-results-'));
  const file = join(directory, 'rows');
  writeFileSync(file, '');
  return {
    file,
    [Symbol.dispose]: () => {
      rmSync(directory, { recursive: true });
    },
  };
}

export function keepFacts(suite: Suite, facts: LabFacts): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(factsFileOf(suite), `${JSON.stringify(facts, undefined, 2)}\n`);
}

/** @returns undefined if this lab has no kept results */
export function keptResult(suite: Suite): LabResult | undefined {
  if (!existsSync(factsFileOf(suite))) return undefined;
  const facts = JSON.parse(readFileSync(factsFileOf(suite), 'utf8')) as LabFacts;
  return { suite, ...facts, rows: readRows(rowsFileOf(suite)) };
}

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

/** The output of `virt2xen plan` for CloudStack's system VM, which reads its configuration from a channel. */
export const planOfSystemVm = (dom0: Dom0): Promise<string> =>
  dom0.run(['virt2xen', 'plan', '-', '--domid', '7'], {
    input: readFileSync('fixtures/cloudstack/system-vm.xml', 'utf8'),
  });

/** The tested commit, as text; the results themselves are no change of it. */
export function treeNow(): string {
  const git = (...words: readonly string[]): string =>
    execFileSync('git', words, { encoding: 'utf8' }).trim();
  const commit = git('rev-parse', '--short', 'HEAD');
  const changes = git('status', '--porcelain', '--', '.', `:!${folder}`, `:!${report}`);
  return changes === '' ? commit : `${commit}, with changes`;
}
