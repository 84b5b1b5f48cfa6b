import { runAgent } from './agent/run.js';
import { report } from './report.js';

void report(() => runAgent(process.argv.slice(process.argv.indexOf('agent') + 1)));
