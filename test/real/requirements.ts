/** What these suites need is not on every machine; where it must be, its absence is a failure. */
const required = Boolean(process.env['CI']) || process.env['V2X_REQUIRE_REAL'] === '1';

/**
 * Says that a suite is skipped, and why.
 * @throws where CI or V2X_REQUIRE_REAL=1 say that the tools must be there
 */
export function missing(tool: string, packages: string, why: string): void {
  const message = `no tests against the real ${tool}: ${why}. On Debian it takes the packages ${packages}`;
  if (required) throw new Error(message);
  say(message);
}

/** Prints a line among mocha's. */
export function say(message: string): void {
  process.stdout.write(`  ${message}\n`);
}
