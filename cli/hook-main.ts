import { runHook } from './hook.js';
import { exit } from './terminal.js';

void runHook(process.argv.slice(3)).then(exit);
