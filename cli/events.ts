import { eventsOf } from '../lib/daemon/varlink/monitor.js';
import { exitCodes } from './exit-codes.js';
import { guarded } from './guarded.js';
import { describeEvent } from './log.js';
import { print } from './terminal.js';

export interface EventsOptions {
  readonly control: string;
  readonly json: boolean;
}

/** `virt2xen events`. Prints each event of the daemon, until the daemon ends. @returns the exit status */
export async function printEvents({ control, json }: EventsOptions): Promise<number> {
  // Errors are no event.
  return await guarded(false, async () => {
    for await (const { time, ...event } of eventsOf(control)) {
      print('stdout', json ? `${JSON.stringify({ time, ...event })}\n` : `${time} ${describeEvent(event)}\n`);
    }
    return exitCodes.environment;
  });
}
