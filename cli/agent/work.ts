/** The commands of `virt2xen agent` that do more than ask: in a file of their own, loaded when one of them runs. */
import type { AgentWork } from './context.js';
import { cat, get, put } from './files.js';
import { dmesg, execProgram } from './programs.js';
import { raw } from './raw.js';

export { changes } from './changes.js';
export { waitForAgent } from './wait.js';

export const works: Readonly<Record<string, AgentWork>> = { cat, get, put, exec: execProgram, dmesg, raw };
