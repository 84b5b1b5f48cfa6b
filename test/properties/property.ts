import fc from 'fast-check';

/** One seed for every run: what fails here fails everywhere. fast-check prints it with the path to the failure. */
const seed = 20_150_407;

/** How many inputs each property is tried with: few, unless V2X_PROPERTY_RUNS asks for more. */
const runs = Number(process.env['V2X_PROPERTY_RUNS'] ?? 60);

/** Much longer than any run takes, on a busy machine too: it ends what would not end, and shrinking. */
const limitMs = 300 * runs;

/** Checks a property. */
export function holds<Inputs>(property: fc.IProperty<Inputs>): void {
  holdsWithin(property, limitMs);
}

/** Checks a property; it fails if it is not through with its inputs in time. */
export function holdsWithin<Inputs>(property: fc.IProperty<Inputs>, milliseconds: number): void {
  fc.assert(property, {
    seed,
    numRuns: runs,
    plugins: [fc.interruptAfterTimeLimit(milliseconds, { failOnInterrupt: true })],
  });
}
