import { setTimeout as sleep } from 'node:timers/promises';
import type { Process } from '../dom0/dom0.js';

/** QEMU's guest agent at the other end of a channel, used as by managers (QEMU's qga-qapi.json). */
export interface Agent {
  /** Waits until it answers, however long the boot of the guest takes. */
  readonly sync: (limitMs?: number) => Promise<void>;
  readonly ask: (execute: string, args?: object) => Promise<unknown>;
  /**
   * Runs a line in a shell of the guest.
   * @returns its standard output and standard error
   * @throws if its exit status is not 0
   */
  readonly shell: (line: string) => Promise<string>;
}

/** On a busy host, an answer has taken five seconds. */
const answerLimitMs = 150_000;

interface Exec {
  readonly exited: boolean;
  readonly exitcode?: number;
  readonly 'out-data'?: string;
}

/** @param client connected to the socket of the channel */
export function agentOn(client: Process): Agent {
  const send = (execute: string, args: object): void =>
    client.write(`${JSON.stringify({ execute, arguments: args })}\n`);

  async function ask(execute: string, args: object = {}): Promise<unknown> {
    send(execute, args);
    const line = await client.stdout.line(answerLimitMs).catch((cause: unknown) => {
      throw new Error(`no answer to ${execute} ${JSON.stringify(args)}`, { cause });
    });
    const answer = JSON.parse(line) as { readonly return?: unknown };
    if (answer.return === undefined) throw new Error(`${execute}: ${line}`);
    return answer.return;
  }

  /** Data before the answer is an echo of a terminal that was not raw yet, or the answer to an earlier request. */
  async function answered(id: number): Promise<boolean> {
    try {
      for (;;) if ((await client.stdout.line(5000)).trim() === `{"return": ${id}}`) return true;
    } catch (error) {
      if (error instanceof Error && error.message.includes('it ended')) throw error;
      return false;
    }
  }

  return {
    ask,
    sync: async (limitMs = 600_000) => {
      const deadline = Date.now() + limitMs;
      for (let id = 1; Date.now() < deadline; id++) {
        send('guest-sync', { id });
        if (await answered(id)) return;
      }
      throw new Error(`the guest agent does not answer after ${limitMs / 1000} s: ${client.stdout.text()}`);
    },
    shell: async (line) => {
      const words = { path: '/bin/sh', arg: ['-c', `(${line}) 2>&1`], 'capture-output': true };
      const { pid } = (await ask('guest-exec', words)) as { readonly pid: number };
      for (;;) {
        const status = (await ask('guest-exec-status', { pid })) as Exec;
        if (!status.exited) {
          await sleep(300);
          continue;
        }
        const output = Buffer.from(status['out-data'] ?? '', 'base64').toString();
        if (status.exitcode === 0) return output.replace(/\n$/, '');
        throw new Error(`${line}, in the guest, ended with status ${status.exitcode}\n${output}`);
      }
    },
  };
}
