import { resolve } from 'node:path';
import { buildIfStale } from './built.js';

buildIfStale('command');

/** The command as users get it; `process.execPath` runs it. */
export const commandPath = resolve('dist/cli/main.cjs');
