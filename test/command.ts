import { resolve } from 'node:path';
import { buildIfStale } from './built.js';

const fromSources = process.env['V2X_COMMAND_FROM_SOURCES'] === '1';

if (!fromSources) {
  buildIfStale('command');
  // The bundle has no lines of ours that coverage could count.
  delete process.env['NODE_V8_COVERAGE'];
}

/** The command as users get it, or from its sources, which coverage is of; `process.execPath` runs it. */
export const commandPath = resolve(fromSources ? 'test/command-from-sources.mjs' : 'dist/cli/main.cjs');
