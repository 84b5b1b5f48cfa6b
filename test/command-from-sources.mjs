/** Starts the command as cli/launch.ts does, but from its sources: see .ci/coverage.sh. */
import process from 'node:process';
import { register } from 'tsx/esm/api';

register();
const [command, manager] = process.argv.slice(2);
const isHook = command === 'hook' && ['vdsm', 'cloudstack', 'libvirt', 'kubevirt'].includes(manager);
const isAgent = command === 'agent';
await import(isHook ? '../cli/hook-main.ts' : isAgent ? '../cli/agent-main.ts' : '../cli/main.ts');
