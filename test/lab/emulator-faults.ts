/**
 * Faults of the emulator in a guest, by what Xen, the guest's kernel and its processor show. Two were seen: firmware that
 * executed its data at d900:f0ec instead of f000:f0ec, and raised the same exception from then on; and a kernel whose
 * interrupt handler waited for a lock of the code that it had interrupted, and that had disabled interrupts. QEMU 7.2,
 * which emulates the machine, seems to interrupt guests where they do not allow it: it does not continue the interrupt
 * shadow of an instruction after an exit to Xen. No setting of a guest, and nothing in its channels, causes that.
 */
import { readFileSync } from 'node:fs';
import type { Dom0 } from './dom0/dom0.js';
import { consoleLogOf } from './machine/directory.js';

/** What Xen and dom0 write on the serial line from now on. @param directory of the machine */
export function linesSinceNow(directory: string): () => readonly string[] {
  const read = (): Buffer => readFileSync(consoleLogOf(directory));
  const start = read().length;
  return () => read().subarray(start).toString('latin1').split('\n');
}

/** SeaBIOS's handlers of exceptions 0 to 7 report a call on the port that Xen logs; firmware raises none. */
const exceptionInFirmware = /\(d[0-9]+\) enter handle_0[0-7]:/;

/** A line of Xen's log from a firmware that executes what is no code. */
export const faultInFirmware = (lines: readonly string[]): string | undefined =>
  lines.find((line) => exceptionInFirmware.test(line));

/** What the kernel of a guest writes when it crashes, on its console. */
const crashes = 'Kernel panic|BUG: |Oops: |general protection fault|traps: PANIC';

/** What shows that a guest cannot go on, from Xen's log, the consoles of guests, or their processors. */
export async function crashOfGuest(lines: readonly string[], dom0: Dom0): Promise<string | undefined> {
  const inXen = faultInFirmware(lines) ?? lines.find((line) => line.includes('Triple fault'));
  if (inXen !== undefined) return inXen;
  const { stdout } = await dom0.attempt(`grep -hE '${crashes}' /var/log/xen/console/guest-*.log | head -n 1`);
  return stdout.trim() || (await spinningGuest(dom0));
}

/**
 * A line `DOMID RIP FLAGS` for each guest and look; xenctx has names of its own for them in real mode. Beside a guest that
 * spins, a second of dom0 can take more than a minute.
 */
const look = `
  for time in 1 2 3 4; do
    for domid in $(xl list | awk 'NR > 1 && $2 != 0 { print $2 }'); do
      /usr/lib/xen-*/bin/xenctx "$domid" | sed -n 's/^cs:eip: [0-9a-f]*:/rip: /; s/^\\(rip\\|flags\\): //p' |
        cut -d ' ' -f 1 | head -n 2 | xargs echo "$domid"
    done
    sleep 0.1
  done`;

const lookLimitMs = 600_000;

/** The flag of a processor that accepts interrupts. */
const interruptFlag = 0x200;

/**
 * A guest whose first processor has interrupts disabled and is in the same few instructions whenever it is looked at: it
 * waits for something that does not come. An idle one accepts interrupts.
 */
async function spinningGuest(dom0: Dom0): Promise<string | undefined> {
  const { stdout } = await dom0.attempt(look, { limitMs: lookLimitMs });
  const looks = [...stdout.matchAll(/^(\d+) ([0-9a-f]+) ([0-9a-f]+)$/gm)].map(([, domid, place, flags]) => ({
    domid,
    place: BigInt(`0x${place ?? ''}`),
    isDeaf: (Number.parseInt(flags ?? '', 16) & interruptFlag) === 0,
  }));
  const stuck = looks.find(({ domid, place: first }) => {
    const ofGuest = looks.filter((other) => other.domid === domid);
    const isThere = ofGuest.every(
      ({ place, isDeaf }) => isDeaf && place - first < 64n && first - place < 64n,
    );
    return ofGuest.length === 4 && isThere;
  });
  return stuck && `domain ${stuck.domid ?? ''} stays at ${stuck.place.toString(16)} with interrupts disabled`;
}
