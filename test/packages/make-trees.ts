import { suites, treeOf } from './trees.js';

/* Makes the trees that are not in the cache: the gate does so while it waits for other things. */
for (const suite of suites) process.stdout.write(`${suite}: ${await treeOf(suite)}\n`);
