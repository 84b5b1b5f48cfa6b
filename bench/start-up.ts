import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { driveLetters } from '../lib/model/drive-letters.js';
import type { Result } from './measure.js';

const spawns = 31;

/** Whole processes against `node -e 0`, by turns; the median of each. */
export function measureStartUp(): readonly Result[] {
  const command = 'dist/cli/main.cjs';
  const folder = mkdtempSync(join(tmpdir(), 'virt2xen-bench-'));
  const file = join(folder, 'domain.xml');
  const xml = largeXml();
  const cases: readonly (readonly string[])[] = [
    ['-e', '0'],
    [command, 'convert', 'fixtures/cloudstack/system-vm.xml'],
    [command, 'convert', 'fixtures/xl/channels-2014.cfg'],
    [command, '--version'],
    [command, 'adapt', '--quiet', '--diff', file],
    [command, 'hook', 'vdsm'],
    [command, 'hook', 'cloudstack', 'transform', xml],
  ];
  const environment = { ...process.env, _hook_domxml: file };
  const times = cases.map((): number[] => []);
  for (let i = 0; i < spawns; i++) {
    cases.forEach((args, which) => {
      writeFileSync(file, xml);
      const start = performance.now();
      spawnSync(process.execPath, args, { env: environment });
      times[which]?.push(performance.now() - start);
    });
  }
  const [node = 1, toXl = 0, toXml = 0, version = 0, adapted = 0, vdsm = 0, cloudstack = 0] =
    times.map(median);
  rmSync(folder, { recursive: true });
  const against = (name: string, ms: number, bound?: number): Result => ({
    name: `${name}, against node -e 0`,
    measured: `${ms.toFixed(0)} ms / ${node.toFixed(0)} ms`,
    ratio: ms / node,
    ...(bound !== undefined && { bound }),
  });
  return [
    against('virt2xen convert of a small XML, as a process', toXl, 1.3),
    against('virt2xen convert of a small xl.cfg, as a process', toXml, 1.3),
    against('virt2xen --version, as a process', version),
    against('virt2xen adapt of an XML of 10 kB, as a process', adapted, 1.7),
    against('the hook of VDSM on an XML of 10 kB', vdsm, 1.2),
    against('the hook of CloudStack on an XML of 10 kB', cloudstack, 1.2),
  ];
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
