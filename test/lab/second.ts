/** A second host for a scenario, on a network with the first. */
import { join } from 'node:path';
import type { Dom0 } from './dom0/dom0.js';
import { boot, type Machine } from './machine/machine.js';
import { otherEnd, wireOf } from './machine/wire.js';
import type { Suite } from './suites.js';

export interface SecondHost extends Machine {
  /** Its IP address. The first host logs in as root with ssh. */
  readonly address: string;
}

/**
 * Boots a second host of a suite, with the program under test of the first.
 * @param directory of the first machine
 */
export async function bootSecond(suite: Suite, directory: string, first: Dom0): Promise<SecondHost> {
  const say = (message: string): void => void process.stdout.write(`      ${message}\n`);
  const machine = await boot(suite, say, { connectedWith: directory });
  const { address } = otherEnd(wireOf(directory)).here;
  await first.run('rm -rf /root/.ssh && mkdir -m 700 /root/.ssh');
  await first.copyIn(join(machine.directory, 'key'), '/root/.ssh/id_ed25519');
  // It was created a minute ago, and gets other keys the next time.
  await first.write('/root/.ssh/config', 'StrictHostKeyChecking no\nLogLevel ERROR\n');
  await first.run(`tar -c -C /opt virt2xen | ssh ${address} tar -x -C /opt`);
  return { ...machine, address };
}
