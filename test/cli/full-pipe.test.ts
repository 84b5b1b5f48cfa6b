import { expect } from 'chai';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { commandPath } from '../command.js';

/** More than a pipe holds, less than an argument can have. */
const channels = Array.from(
  { length: 800 },
  (_, i) => `<channel type='pty'><target type='xen' name='${`org.example.${i}`.padEnd(80, '.')}'/></channel>`,
);
const xml =
  "<domain type='xen'><name>many</name><memory>65536</memory><os><type>linux</type><kernel>/k</kernel></os>" +
  `<devices>${channels.join('')}</devices></domain>`;

describe('standard output that does not block', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'virt2xen-'))));
  afterEach(() => rmSync(directory, { recursive: true }));

  const commands: readonly (readonly string[])[] = [
    ['convert', 'domain.xml'],
    ['convert', '--json', 'domain.xml'],
    ['adapt', '--to', 'kvm', 'domain.xml'],
    ['hook', 'kubevirt', 'onDefineDomain', '--domain', xml],
  ];
  for (const command of commands) {
    it(`gets all of what is printed, when its reader is slow: ${command.join(' ').slice(0, 40)}`, async () => {
      writeFileSync(join(directory, 'domain.xml'), xml);
      const expected = execFileSync(process.execPath, [commandPath, ...command], {
        cwd: directory,
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      expect(expected.length).to.be.above(1 << 16);
      const pipe = join(directory, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const [end, reader] = [constants.O_RDWR, constants.O_RDONLY].map((mode) =>
        openSync(pipe, mode | constants.O_NONBLOCK),
      );
      if (end === undefined || reader === undefined) throw new Error('no pipe');
      // Node gives a program descriptors that block; dd changes that for all who share this one.
      const script = 'dd if=/dev/null oflag=nonblock status=none && exec "$@"';
      const child = spawn('sh', ['-c', script, 'sh', process.execPath, commandPath, ...command], {
        cwd: directory,
        stdio: ['ignore', end, 'ignore'],
      });
      const exited = once(child, 'exit');
      closeSync(end);
      const printed = await readSlowly(reader);
      expect(await exited).to.deep.equal([0, null]);
      expect(printed.equals(expected)).to.equal(true);
    });
  }
});

/** Everything until the pipe has no writer any more. */
async function readSlowly(descriptor: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(1 << 14);
  for (let isOpen = false; ;) {
    await delay(5);
    try {
      const length = readSync(descriptor, chunk);
      if (length === 0 && isOpen) break;
      isOpen ||= length > 0;
      chunks.push(Buffer.from(chunk.subarray(0, length)));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    }
  }
  closeSync(descriptor);
  return Buffer.concat(chunks);
}
