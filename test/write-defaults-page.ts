/** `npm run docs`: writes docs/defaults.md. */
import { writeFileSync } from 'node:fs';
import { defaultsPath, pageOfDefaults } from './defaults-page.js';

writeFileSync(defaultsPath, await pageOfDefaults());
