import { runHook } from './hook.js';

void runHook(process.argv.slice(3)).then((status) => {
  process.exitCode = status;
});
