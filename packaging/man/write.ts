import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { programUsage } from '../usage/program.js';
import { manPages } from './pages.js';

/** Writes the man pages: `tsx packaging/man/write.ts DIRECTORY YYYY-MM-DD`. */
const [directory = '', date = ''] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
for (const [name, page] of manPages(programUsage(), { version: packageJson.version, date }))
  writeFileSync(join(directory, name), page);
