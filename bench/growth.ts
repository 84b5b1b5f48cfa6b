import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { convert } from 'virt2xen';
import { timesOf, type Result } from './measure.js';

const head =
  "<domain type='xen'><name>many</name><memory>65536</memory><os><type>linux</type><kernel>/k</kernel></os><devices>";

/** A domain with that many channels. */
function withChannels(count: number): string {
  const channels = Array.from(
    { length: count },
    (_, i) =>
      `<channel type='unix'><source mode='bind' path='/run/c/${i}.sock'/><target type='xen' name='org.example.${i}'/></channel>`,
  );
  return `${head}${channels.join('')}</devices></domain>`;
}

/** Time must grow with the number of channels and files, memory must not grow with the number of files. */
export function measureGrowth(): readonly Result[] {
  const few = withChannels(70);
  const many = withChannels(700);
  const [fewXl, manyXl] = [few, many].map((xml) => convert(xml).output ?? '');
  const [small = 0, large = 0, smallBack = 0, largeBack = 0] = timesOf([
    () => convert(few),
    () => convert(many),
    () => convert(fewXl ?? ''),
    () => convert(manyXl ?? ''),
  ]);
  return [
    growth('700 channels against 70, XML to xl.cfg, per channel', large, small),
    growth('700 channels against 70, xl.cfg to XML, per channel', largeBack, smallBack),
    ...measureFiles(),
  ];
}

const growth = (name: string, large: number, small: number): Result => ({
  name,
  measured: `${(large / 1000).toFixed(2)} ms / ${(small / 1000).toFixed(2)} ms`,
  ratio: large / small / 10,
  bound: 1.3,
});

const memoryBoundMiB = 200;

/** 10,000 files in one run of the command, against 1,000. */
function measureFiles(): readonly Result[] {
  const directory = mkdtempSync(join(tmpdir(), 'virt2xen-bench-'));
  try {
    const files = Array.from({ length: 10_000 }, (_, i) => join(directory, `domain-${i}.xml`));
    for (const file of files) copyFileSync('fixtures/cloudstack/system-vm.xml', file);
    const one = runOnFiles(files.slice(0, 1));
    const thousand = runOnFiles(files.slice(0, 1000));
    const all = runOnFiles(files);
    const [thousandMs, allMs] = [thousand.ms - one.ms, all.ms - one.ms];
    return [
      {
        name: '10,000 files in one run against 1,000, per file',
        measured: `${allMs.toFixed(0)} ms / ${thousandMs.toFixed(0)} ms`,
        ratio: allMs / thousandMs / 10,
        bound: 1.3,
      },
      {
        name: `10,000 files in one run, memory against ${memoryBoundMiB} MiB`,
        measured: `${all.peakMiB.toFixed(0)} MiB`,
        ratio: all.peakMiB / memoryBoundMiB,
        bound: 1,
      },
    ];
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Runs the built command; the most memory that it had is what the system says of its child. */
function runOnFiles(files: readonly string[]): { readonly ms: number; readonly peakMiB: number } {
  const script = `process.argv = [process.argv[0], 'virt2xen', ...JSON.parse(require('fs').readFileSync(0, 'utf8'))];
    process.on('exit', () => require('fs').writeSync(1, String(process.resourceUsage().maxRSS)));
    require('./dist/cli/main.cjs');`;
  const args = ['check', '--quiet', '--from', 'libvirt', ...files];
  const start = performance.now();
  const peak = execFileSync(process.execPath, ['-e', script], {
    input: JSON.stringify(args),
    stdio: ['pipe', 'pipe', 'ignore'],
    cwd: process.cwd(),
  });
  return { ms: performance.now() - start, peakMiB: Number(peak.toString().trim()) / 1024 };
}
