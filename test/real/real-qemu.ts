import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Debian's QEMU for Xen, or any other: what a character device is called is the same. */
export const qemuProgram = ['/usr/libexec/xen-qemu-system-i386', '/usr/bin/qemu-system-i386'].find((path) =>
  existsSync(path),
);

/**
 * Starts a QEMU whose guest does not run, and asks its monitor.
 * @param folder for the monitor's socket
 * @returns the results of the commands
 * @throws if QEMU rejects its options or a command
 */
export async function askQemu(
  folder: string,
  options: readonly string[],
  commands: readonly { readonly execute: string; readonly arguments?: object }[],
): Promise<readonly unknown[]> {
  const path = join(folder, 'qmp');
  const server = await listening(path);
  const connected = once(server, 'connection') as Promise<[Socket]>;
  const qemu = spawn(
    qemuProgram ?? '',
    ['-accel', 'qtest', '-nodefaults', '-display', 'none', '-S', '-qmp', `unix:${path}`, ...options],
    { stdio: ['pipe', 'ignore', 'pipe'] },
  );
  let complaint = '';
  qemu.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const gone = once(qemu, 'close').then(() => {
    throw new Error(`QEMU ends: ${complaint}`);
  });
  gone.catch(() => undefined);
  try {
    const [monitor] = await Promise.race([connected, gone]);
    const lines = createInterface({ input: monitor })[Symbol.asyncIterator]();
    const next = async (): Promise<string> => {
      // A QEMU that ends resets its connection, too.
      const result = await lines.next().catch(() => undefined);
      return !result || result.done === true ? await gone : result.value;
    };
    await next();
    const results: unknown[] = [];
    for (const command of [{ execute: 'qmp_capabilities' }, ...commands]) {
      monitor.write(`${JSON.stringify(command)}\n`);
      const answer = JSON.parse(await next()) as { return?: unknown };
      if (!('return' in answer)) throw new Error(JSON.stringify(answer));
      results.push(answer.return);
    }
    return results.slice(1);
  } finally {
    qemu.kill('SIGKILL');
    server.close();
  }
}

/** A server on a path or a port of this host. */
export async function listening(where: string | number): Promise<Server> {
  const server =
    typeof where === 'string' ? createServer().listen(where) : createServer().listen(where, '127.0.0.1');
  await once(server, 'listening');
  return server;
}
