import { spawn } from 'node:child_process';

/** The fields of an entry beside its message, with names of the journal: capital letters, digits and `_`. */
export type JournalFields = Readonly<Record<string, string>>;

/** Entries that wait for the one before; more would mean that events are faster than the journal. */
const maximumWaiting = 1000;

/**
 * Writes entries with fields to systemd's journal. Its protocol takes datagrams of a Unix socket, which Node cannot send;
 * `logger --journald` of util-linux sends one entry. One runs at a time, so the order stays.
 */
export class Journal {
  #last: Promise<void> = Promise.resolve();
  #waiting = 0;

  /**
   * @param message can have several lines
   * @param fields `PRIORITY`, and those to search by; a value is one line
   * @param otherwise writes the message if the journal does not take the entry
   */
  write(message: string, fields: JournalFields, otherwise: () => void): void {
    if (this.#waiting >= maximumWaiting) return otherwise();
    this.#waiting++;
    this.#last = this.#last.then(async () => {
      const isWritten = await send(entryOf(message, fields));
      this.#waiting--;
      if (!isWritten) otherwise();
    });
  }

  /** When all entries have been written. */
  async flush(): Promise<void> {
    await this.#last;
  }
}

/**
 * An entry as logger(1) reads it: `FIELD=value` lines; several lines of MESSAGE are one text. The entry is attributed to
 * this process and its unit, not to logger.
 */
const entryOf = (message: string, fields: JournalFields): string =>
  [
    ...message.split('\n').map((line) => ['MESSAGE', line]),
    ...Object.entries(fields).map(([name, value]) => [name, value.replaceAll('\n', ' ')]),
    ['OBJECT_PID', String(process.pid)],
  ]
    .map(([name = '', value = '']) => `${name}=${value}\n`)
    .join('');

/** @returns whether the journal has taken the entry */
const send = (entry: string): Promise<boolean> =>
  new Promise((resolve) => {
    const logger = spawn('logger', ['--journald'], { stdio: ['pipe', 'ignore', 'ignore'] });
    logger.once('error', () => resolve(false)).once('exit', (status) => resolve(status === 0));
    logger.stdin.on('error', () => undefined).end(entry);
  });
