/**
 * The tests require Node, and a shell with the usual commands. A test that requires another program is skipped with
 * a message if it is not installed; with V2X_REQUIRE_REAL=1 it fails.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const required = process.env['V2X_REQUIRE_REAL'] === '1';

/**
 * Reports that a suite is skipped, with the reason.
 * @throws with V2X_REQUIRE_REAL=1
 */
export function missing(tool: string, packages: string, why: string): void {
  const message = `no tests against the real ${tool}: ${why}. On Debian it takes the packages ${packages}`;
  if (required) throw new Error(message);
  say(message);
}

/**
 * Skips a test if a program is not installed; in a `before` hook, all tests of the suite.
 * @param program its name, which is also the name of its package in Debian
 * @throws with V2X_REQUIRE_REAL=1
 */
export function needsProgram(context: Mocha.Context, program: string): void {
  if (isInstalled(program)) return;
  const message = `there is no ${program}, which on Debian is in the package ${program}`;
  if (required) throw new Error(message);
  say(`skipped in ${context.test?.parent?.fullTitle() ?? 'a test'}: ${message}`);
  context.skip();
}

export const isInstalled = (program: string): boolean =>
  (process.env['PATH'] ?? '').split(delimiter).some((directory) => existsSync(join(directory, program)));

/** Prints a line between those of mocha. */
export function say(message: string): void {
  process.stdout.write(`  ${message}\n`);
}
