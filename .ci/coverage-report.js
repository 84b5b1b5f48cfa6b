/**
 * Coverage of lib/ and cli/ from what the suites left in coverage/v8; fails below 90 % of the lines.
 *
 * tsx compiles a file in one way for `require` (mocha's tests) and in another for `import` (programs that tests
 * start). V8's counts are by offset in the compiled text, and c8 adds up what has the same URL. So each way
 * is mapped to the sources alone, and the results are added up there.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { transformSync } from 'esbuild';
import coverage from 'istanbul-lib-coverage';
import report from 'istanbul-lib-report';
import reports from 'istanbul-reports';

const raw = 'coverage/v8';
const leastPercent = 90;

/** The ways that each file was compiled, by its URL: the lengths of the lines. */
const waysOf = new Map();

function wayOf(url, { lineLengths }) {
  const ways = waysOf.get(url) ?? [];
  waysOf.set(url, ways);
  const way = lineLengths.join();
  if (!ways.includes(way)) ways.push(way);
  return ways.indexOf(way);
}

rmSync('coverage/ways', { recursive: true, force: true });
for (const name of readdirSync(raw)) {
  const {
    result,
    'source-map-cache': maps = {},
    ...rest
  } = JSON.parse(readFileSync(join(raw, name), 'utf8'));
  const ofWays = [];
  for (const script of result) {
    const map = maps[script.url];
    if (map) (ofWays[wayOf(script.url, map)] ??= []).push(script);
  }
  for (const [way, scripts = []] of ofWays.entries()) {
    mkdirSync(`coverage/ways/${way}`, { recursive: true });
    const text = JSON.stringify({ ...rest, result: scripts, 'source-map-cache': maps });
    writeFileSync(join('coverage/ways', String(way), name), text);
  }
}

const whole = coverage.createCoverageMap();
for (const way of readdirSync('coverage/ways')) {
  const options = [
    '--temp-directory',
    `coverage/ways/${way}`,
    '--reports-dir',
    `coverage/ways/${way}/report`,
  ];
  execFileSync('npx', ['c8', 'report', '--reporter', 'json', ...options], { stdio: 'inherit' });
  whole.merge(JSON.parse(readFileSync(`coverage/ways/${way}/report/coverage-final.json`, 'utf8')));
}
// What has nothing but types has no lines to run.
whole.filter((file) => transformSync(readFileSync(file, 'utf8'), { loader: 'ts' }).code.trim() !== '');

const context = report.createContext({ dir: 'coverage', coverageMap: whole });
for (const kind of ['html', 'text-summary']) reports.create(kind).execute(context);
const { pct } = whole.getCoverageSummary().lines;
if (pct < leastPercent) {
  process.stderr.write(`${pct} % of the lines are covered; ${leastPercent} % have to be\n`);
  process.exitCode = 1;
}
