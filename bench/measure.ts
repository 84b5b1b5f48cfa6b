/** One line of the report. */
export interface Result {
  readonly name: string;
  /** The two things that were measured, as they print. */
  readonly measured: string;
  readonly ratio: number;
  /** What the ratio may be; absent: told for information. */
  readonly bound?: number;
}

/**
 * Times several pieces of work by turns, so that a slow moment of the machine strikes them all.
 * @param options.warmUp how often each is called before, so that V8 has compiled it
 * @param options.batch calls between two looks at the clock, each of which takes a microsecond or two
 * @returns microseconds a call, the best of the rounds: what the code needs when nothing disturbs it
 */
export function timesOf(
  works: readonly (() => unknown)[],
  { rounds = 15, roundMs = 80, warmUp = 0, batch = 1 } = {},
): readonly number[] {
  for (const work of works) for (let i = 0; i < warmUp; i++) work();
  const best = works.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    works.forEach((work, i) => {
      best[i] = Math.min(best[i] ?? 0, oneRound(work, roundMs, batch));
    });
  }
  return best;
}

function oneRound(work: () => unknown, roundMs: number, batch: number): number {
  const start = performance.now();
  let calls = 0;
  do {
    for (let i = 0; i < batch; i++) work();
    calls += batch;
  } while (performance.now() - start < roundMs);
  return ((performance.now() - start) * 1000) / calls;
}

export function print(results: readonly Result[]): void {
  const lines = results.map(({ name, measured, ratio, bound }) => [
    name,
    measured,
    ratio.toFixed(2),
    bound === undefined ? '' : bound.toFixed(2),
    bound === undefined ? '' : ratio <= bound ? 'ok' : 'TOO SLOW',
  ]);
  const all = [['what', 'measured', 'ratio', 'bound', ''], ...lines];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((line) => line[column]?.length ?? 0))) ?? [];
  for (const line of all) {
    process.stdout.write(
      `${line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  }
}

export const allow = (results: readonly Result[]): boolean =>
  results.every(({ ratio, bound }) => bound === undefined || ratio <= bound);
