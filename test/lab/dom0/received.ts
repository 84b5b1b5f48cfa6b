import type { Readable } from 'node:stream';

/** The output of a process or socket so far, for one reader that consumes it piece by piece. */
export interface Received {
  /** Everything since the beginning, consumed or not. */
  readonly text: () => string;
  /**
   * Consumes the next line, and returns it without its end.
   * @throws if there is none before the limit or the end of the stream
   */
  readonly line: (limitMs?: number) => Promise<string>;
  /** Consumes this number of bytes. Throws like `line`. */
  readonly bytes: (count: number, limitMs?: number) => Promise<Buffer>;
  /** Consumes the bytes up to a mark, and the mark. Throws like `line`. */
  readonly upTo: (mark: string, limitMs?: number) => Promise<Buffer>;
}

/** The time limit of a wait: on a busy host, a second of the lab can take ten. */
export const defaultLimitMs = 300_000;

/** Reads a stream as fast as it delivers data. */
export function receive(stream: Readable, name: string): Received {
  let all = Buffer.alloc(0);
  let taken = 0;
  let hasEnded = false;
  let wake: () => void = () => undefined;
  let last: Promise<unknown> = Promise.resolve();

  stream.on('data', (chunk: Buffer) => {
    all = Buffer.concat([all, chunk]);
    wake();
  });
  stream.on('close', () => {
    hasEnded = true;
    wake();
  });

  /**
   * Calls are served one after another, in their order.
   * @param find returns the end of the piece and the start of the next, or undefined while it is incomplete
   */
  function take(
    what: string,
    limitMs: number,
    find: (rest: Buffer) => readonly [end: number, next: number] | undefined,
  ): Promise<Buffer> {
    const taking = last.then(() => wait(what, limitMs, find));
    last = taking.catch(() => undefined);
    return taking;
  }

  async function wait(
    what: string,
    limitMs: number,
    find: (rest: Buffer) => readonly [end: number, next: number] | undefined,
  ): Promise<Buffer> {
    const deadline = Date.now() + limitMs;
    for (;;) {
      const rest = all.subarray(taken);
      const found = find(rest);
      if (found) {
        taken += found[1];
        return rest.subarray(0, found[0]);
      }
      const leftMs = deadline - Date.now();
      if (hasEnded || leftMs <= 0) {
        const why = hasEnded ? 'it ended' : `nothing more came for ${limitMs / 1000} s`;
        throw new Error(`${name}: no ${what}: ${why} after ${JSON.stringify(rest.toString().slice(-2000))}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  const upTo = (mark: string, what: string, limitMs: number): Promise<Buffer> =>
    take(what, limitMs, (rest) => {
      const end = rest.indexOf(mark);
      return end < 0 ? undefined : [end, end + Buffer.byteLength(mark)];
    });

  return {
    text: () => all.toString(),
    line: async (limitMs = defaultLimitMs) => (await upTo('\n', 'line', limitMs)).toString(),
    bytes: (count, limitMs = defaultLimitMs) =>
      take(`${count} bytes`, limitMs, (rest) => (rest.length < count ? undefined : [count, count])),
    upTo: (mark, limitMs = defaultLimitMs) => upTo(mark, JSON.stringify(mark), limitMs),
  };
}
