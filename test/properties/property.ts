import fc from 'fast-check';

/** One seed for every run: what fails here fails everywhere. fast-check prints it with the path to the failure. */
const seed = 20_150_407;

/** Checks a property. A failure is shrunk for a few seconds at the most. */
export function holds<Inputs>(property: fc.IProperty<Inputs>, runs = 200): void {
  fc.assert(property, { seed, numRuns: runs, interruptAfterTimeLimit: 6000 });
}
