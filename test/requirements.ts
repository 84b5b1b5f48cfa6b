/**
 * Node, and a shell with the usual commands, are wherever npm runs the tests. Whatever else a test needs is not
 * on every machine: without it the test is skipped and says so. Where it must be, its absence is a failure.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const required = process.env['V2X_REQUIRE_REAL'] === '1';

/**
 * Says that a suite is skipped, and why.
 * @throws where V2X_REQUIRE_REAL=1 says that the tools must be there
 */
export function missing(tool: string, packages: string, why: string): void {
  const message = `no tests against the real ${tool}: ${why}. On Debian it takes the packages ${packages}`;
  if (required) throw new Error(message);
  say(message);
}

/**
 * Skips a test where a program is not installed; in a hook before a suite, all of its tests.
 * @param program its name, which is that of its package in Debian
 * @throws where V2X_REQUIRE_REAL=1 says that it must be there
 */
export function needsProgram(context: Mocha.Context, program: string): void {
  if (isInstalled(program)) return;
  const message = `there is no ${program}, which on Debian is in the package ${program}`;
  if (required) throw new Error(message);
  say(`skipped in ${context.test?.parent?.fullTitle() ?? 'a test'}: ${message}`);
  context.skip();
}

const isInstalled = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)));

/** Prints a line among mocha's. */
export function say(message: string): void {
  process.stdout.write(`  ${message}\n`);
}
