/** `npm run docs`: writes docs/formatdomain.md. */
import { writeFileSync } from 'node:fs';
import { schemaPath } from '../schema.js';
import { readGrammar } from './grammar.js';
import { pageOf, pagePath } from './page.js';
import { survey } from './survey.js';

writeFileSync(pagePath, await pageOf(survey(readGrammar(schemaPath))));
