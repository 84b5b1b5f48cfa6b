/*
 * Measures what the project promises about speed, as ratios within one run: npm run bench.
 * It measures what a user gets, the built package. Prints a table; exits with 1 if a ratio is over
 * its bound.
 */
import { measureAgent } from './agent.js';
import { allow, print } from './measure.js';
import { measureConversion } from './conversion.js';
import { measureGrowth } from './growth.js';
import { measureStartUp, whatSlowsNode } from './start-up.js';

const results = [...measureConversion(), ...measureGrowth(), ...measureStartUp(), ...(await measureAgent())];
print(results);
const slowing = whatSlowsNode(process.env);
if (slowing !== undefined) process.stderr.write(`${slowing}\n`);
process.exitCode = allow(results) ? 0 : 1;
