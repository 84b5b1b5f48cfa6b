import { callVarlink } from '../lib/daemon/varlink/client.js';
import { exitCodes } from './exit-codes.js';
import { guarded } from './guarded.js';
import { print } from './terminal.js';

/** `virt2xen metrics`. @returns the exit status */
export async function printMetrics({ control }: { readonly control: string }): Promise<number> {
  return await guarded(false, async () => {
    for await (const { text } of callVarlink(control, 'io.virt2xen.Metrics')) print('stdout', String(text));
    return exitCodes.done;
  });
}
