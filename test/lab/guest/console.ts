import { waitFor, type Dom0 } from '../dom0/dom0.js';
import { defaultLimitMs } from '../dom0/received.js';

/** The shell of a guest on its primary console; init.sh describes the protocol. */
export interface GuestConsole {
  /**
   * @returns the standard output and standard error
   * @throws if the exit status is not 0, or there is no answer before the limit
   */
  readonly run: (line: string, limitMs?: number) => Promise<string>;
}

/** Opens the pty that xenconsoled has created for a domain; only one client at a time would get all answers. */
export async function attachConsole(dom0: Dom0, domid: number): Promise<GuestConsole> {
  const tty = await waitFor('pty of xenconsoled', async () => {
    const { stdout } = await dom0.attempt(['xenstore-read', `/local/domain/${domid}/console/tty`]);
    return stdout.trim() || undefined;
  });
  const terminal = dom0.start(['socat', '-', `${tty},raw,echo=0`]);
  let last = 0;

  async function exchange(line: string, limitMs: number): Promise<string> {
    const id = (last += 1);
    terminal.write(`${id} ${line}\n`);
    await terminal.stdout.upTo(`@${id}<\n`, limitMs);
    const output = (await terminal.stdout.upTo(`\n@${id}=`, limitMs)).toString();
    const status = await terminal.stdout.line();
    // The output can end with a newline of its own before that of the mark.
    if (status === '0') return output.replace(/\n$/, '');
    throw new Error(`${line}, in the guest, ended with status ${status}\n${output}`);
  }

  let busy: Promise<unknown> = Promise.resolve();
  return {
    run: (line, limitMs = defaultLimitMs) => {
      const answer = busy.then(() => exchange(line, limitMs));
      busy = answer.catch(() => undefined);
      return answer;
    },
  };
}
