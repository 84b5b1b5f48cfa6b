/** `npm run docs`: writes docs/xl-options.md. */
import { writeFileSync } from 'node:fs';
import { pageOfOptions, pagePath } from './options-page.js';

writeFileSync(pagePath, await pageOfOptions());
