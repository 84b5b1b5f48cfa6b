import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { driveLetters } from '../lib/model/drive-letters.js';
import type { Result } from './measure.js';

const spawns = 31;

/** Whole processes against `node -e 0`, by turns; the medians of the times, and of the ratio in each turn. */
export function measureStartUp(): readonly Result[] {
  const command = 'dist/cli/main.cjs';
  const folder = mkdtempSync(join(tmpdir(), 'virt2xen-bench-'));
  const file = join(folder, 'domain.xml');
  const xml = largeXml();
  const environment = { ...process.env, _hook_domxml: file };
  const timeOf = (args: readonly string[]): number => {
    writeFileSync(file, xml);
    const start = performance.now();
    spawnSync(process.execPath, args, { env: environment });
    return performance.now() - start;
  };
  const cases: readonly (readonly [name: string, args: readonly string[], bound?: number])[] = [
    ['virt2xen convert of a small XML, as a process', ['convert', 'fixtures/cloudstack/system-vm.xml'], 1.3],
    ['virt2xen convert of a small xl.cfg, as a process', ['convert', 'fixtures/xl/channels-2014.cfg'], 1.3],
    ['virt2xen --version, as a process', ['--version']],
    ['virt2xen adapt of an XML of 10 kB, as a process', ['adapt', '--quiet', '--diff', file], 1.7],
    ['the hook of VDSM on an XML of 10 kB', ['hook', 'vdsm'], 1.2],
    ['the hook of CloudStack on an XML of 10 kB', ['hook', 'cloudstack', 'transform', xml], 1.2],
  ];
  const turns = Array.from({ length: spawns }, () => ({
    node: timeOf(['-e', '0']),
    times: cases.map(([, args]) => timeOf([command, ...args])),
  }));
  rmSync(folder, { recursive: true });
  const ofNode = median(turns.map(({ node }) => node));
  return cases.map(([name, , bound], which) => {
    const timeIn = ({ times }: (typeof turns)[number]): number => times[which] ?? 0;
    return {
      name: `${name}, against node -e 0`,
      measured: `${median(turns.map(timeIn)).toFixed(0)} ms / ${ofNode.toFixed(0)} ms`,
      ratio: median(turns.map((turn) => timeIn(turn) / turn.node)),
      ...(bound !== undefined && { bound }),
    };
  });
}

/**
 * What makes Node itself start slower: what virt2xen adds is a smaller share then.
 * @returns a line about it; undefined if nothing does
 */
export function whatSlowsNode(environment: NodeJS.ProcessEnv): string | undefined {
  const set = ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS'].filter((name) => environment[name]);
  return set.length === 0
    ? undefined
    : `${set.join(' and ')} set: Node starts slower, and the ratios of processes are lower than without`;
}

/** What a manager starts a guest of many disks with: 10 kB. */
function largeXml(): string {
  const xml = readFileSync('fixtures/cloudstack/user-vm.xml', 'utf8');
  const [disk = ''] = /<disk[^]*?<\/disk>\n/.exec(xml) ?? [];
  const count = Math.ceil((10_000 - xml.length) / disk.length);
  // The first two are the document's own.
  const disks = Array.from({ length: count }, (_, i) => disk.replace('vda', `vd${driveLetters(i + 2)}`));
  return xml.replace(disk, disk + disks.join(''));
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
