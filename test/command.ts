import { resolve } from 'node:path';
import { buildIfStale } from './built.js';

const fromSources = process.env['V2X_COMMAND_FROM_SOURCES'] === '1';

if (!fromSources) {
  buildIfStale('command');
  // Coverage cannot be measured in the bundle.
  delete process.env['NODE_V8_COVERAGE'];
}

/** The arguments for `process.execPath` to run the command: as it is installed, or from its sources for coverage. */
export const commandPath = resolve(fromSources ? 'test/command-from-sources.mjs' : 'dist/cli/main.cjs');
