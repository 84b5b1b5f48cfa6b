import fc from 'fast-check';

/** The same seed in every run, so that failures are reproducible; fast-check prints it with the failing path. */
const seed = 20_150_407;

/** The number of inputs for each property; V2X_PROPERTY_RUNS overrides it. */
const runs = Number(process.env['V2X_PROPERTY_RUNS'] ?? 60);

/** Much longer than a run takes, even on a busy machine: it ends endless conversions and endless shrinking. */
const limitMs = 300 * runs;

/** Checks a property. */
export function holds<Inputs>(property: fc.IProperty<Inputs>): void {
  holdsWithin(property, limitMs);
}

/** Checks a property; it fails if the time is not sufficient for its inputs. */
export function holdsWithin<Inputs>(property: fc.IProperty<Inputs>, milliseconds: number): void {
  fc.assert(property, {
    seed,
    numRuns: runs,
    plugins: [fc.interruptAfterTimeLimit(milliseconds, { failOnInterrupt: true })],
  });
}
