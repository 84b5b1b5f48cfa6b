import { spawnSync } from 'node:child_process';
import type { Result } from './measure.js';

const spawns = 31;

/** Whole processes against `node -e 0`, by turns; the median of each. */
export function measureStartUp(): readonly Result[] {
  const command = 'dist/cli/main.cjs';
  const cases: readonly (readonly string[])[] = [
    ['-e', '0'],
    [command, 'convert', 'fixtures/cloudstack/system-vm.xml'],
    [command, 'convert', 'fixtures/xl/channels-2014.cfg'],
    [command, '--version'],
  ];
  const times = cases.map((): number[] => []);
  for (let i = 0; i < spawns; i++) {
    cases.forEach((args, which) => {
      const start = performance.now();
      spawnSync(process.execPath, args);
      times[which]?.push(performance.now() - start);
    });
  }
  const [node = 1, toXl = 0, toXml = 0, version = 0] = times.map(median);
  const against = (name: string, ms: number, bound?: number): Result => ({
    name: `${name}, against node -e 0`,
    measured: `${ms.toFixed(0)} ms / ${node.toFixed(0)} ms`,
    ratio: ms / node,
    ...(bound !== undefined && { bound }),
  });
  return [
    against('virt2xen convert of a small XML, as a process', toXl, 1.7),
    against('virt2xen convert of a small xl.cfg, as a process', toXml, 1.7),
    against('virt2xen --version, as a process', version),
  ];
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
