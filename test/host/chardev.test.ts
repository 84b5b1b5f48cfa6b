import { expect } from 'chai';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { privateAccess } from '../../lib/realize/qemu/access.js';
import { chardevId, chardevOption, type Chardev } from '../../lib/qemu-syntax/chardev.js';
import { addChardev } from '../../lib/realize/qemu/hotplug.js';
import { queryChardev } from '../../lib/realize/qmp/commands.js';
import { failure } from '../realize/qmp/peer.js';
import {
  contentOf,
  exchange,
  exchangeWithDevice,
  freePort,
  freeUdpPort,
  Listening,
  take,
  udpSocket,
} from './host-ends.js';
import { testedQemus, type TestedQemu } from './qemus.js';
import { Pc, type Uart } from './uart.js';

/** A directory name for sockets, files and pipes with the special characters of option strings, shells and JSON. */
const hostile = `a,b,,c=d "e' $(f) \\n;ü\n`;

const id = chardevId('v2x-1');

describe('chardevs of a real QEMU', function () {
  const qemus = testedQemus();
  before(function () {
    if (qemus.length === 0) this.skip();
  });
  if (qemus.length === 0) it('transfer bytes');

  for (const qemu of qemus) {
    for (const by of ['-chardev', 'chardev-add'] as const) {
      describe(`${qemu.name}, by ${by}`, () => {
        let folder: string;
        let place: string;
        beforeEach(() => {
          folder = mkdtempSync(join(tmpdir(), 'v2x-'));
          place = join(folder, hostile);
          mkdirSync(place);
        });
        afterEach(() => {
          rmSync(folder, { recursive: true });
        });

        it('listen on a socket', async () => {
          const path = join(place, 'a,server=off.sock');
          await using guest = await attach(qemu, folder, by, { type: 'unix', mode: 'listen', path });
          await exchange(guest.uart, createConnection(path));
        });

        it('connect to a socket', async () => {
          const path = join(place, 's');
          await using server = await Listening.at(path);
          await using guest = await attach(qemu, folder, by, { type: 'unix', mode: 'connect', path });
          await exchange(guest.uart, await server.client);
        });

        it('reconnect to a socket', async () => {
          const path = join(place, 's');
          const chardev: Chardev = { type: 'unix', mode: 'connect', path, reconnectSeconds: 1 };
          await using guest = await attach(qemu, folder, by, chardev);
          for (let time = 0; time < 2; time++) {
            await using server = await Listening.at(path);
            await exchange(guest.uart, await server.client);
          }
        });

        it('create a terminal', async () => {
          await using guest = await attach(qemu, folder, by, { type: 'pty' });
          await exchangeWithDevice(guest.uart, guest.pty, guest.pty);
        });

        it('use an existing terminal', async () => {
          await using guest = await attach(qemu, folder, by, { type: 'pty' });
          const serial = { id: chardevId('serial'), chardev: { type: 'serial', path: guest.pty } } as const;
          await addChardev(guest.pc.qmp, serial, privateAccess);
          const other = await guest.pc.uart(serial.id);
          await other.send('over the line');
          expect(await guest.uart.receive(13)).to.equal('over the line');
          await guest.uart.send('and back');
          expect(await other.receive(8)).to.equal('and back');
        });

        it('overwrite a file, or append to it', async () => {
          const path = join(place, 'f,append=on');
          const first = { type: 'file', path, append: false } as const;
          for (const [chardev, text, content] of [
            [first, 'one', 'one'],
            [first, 'two', 'two'],
            [{ ...first, append: true }, 'three', 'twothree'],
          ] as const) {
            await using guest = await attach(qemu, folder, by, chardev);
            await guest.uart.send(text);
            expect(await contentOf(path, content.length)).to.equal(content);
          }
        });

        it('use a pair of pipes', async () => {
          const path = join(place, 'pipe');
          execFileSync('mkfifo', [`${path}.in`, `${path}.out`]);
          await using guest = await attach(qemu, folder, by, { type: 'pipe', path });
          await exchangeWithDevice(guest.uart, `${path}.in`, `${path}.out`);
        });

        it('listen on a port', async () => {
          const port = await freePort();
          const address = { host: '127.0.0.1', port };
          await using guest = await attach(qemu, folder, by, {
            type: 'tcp',
            mode: 'listen',
            address,
            telnet: false,
          });
          await exchange(guest.uart, createConnection(Number(port), '127.0.0.1'));
        });

        it('use telnet', async () => {
          const port = await freePort();
          const address = { host: '', port };
          await using guest = await attach(qemu, folder, by, {
            type: 'tcp',
            mode: 'listen',
            address,
            telnet: true,
          });
          const host = createConnection(Number(port), '127.0.0.1');
          // IAC WILL ECHO, IAC WILL SGA, IAC WILL BINARY, IAC DO BINARY (RFC 854 and after).
          const options = Buffer.from('fffb01fffb03fffb00fffd00', 'hex');
          expect(await take(host, options.length)).to.deep.equal(options);
          await exchange(guest.uart, host);
        });

        it('connect to a port', async () => {
          await using server = await Listening.at(0);
          const address = { host: 'localhost', port: String(server.port) };
          await using guest = await attach(qemu, folder, by, {
            type: 'tcp',
            mode: 'connect',
            address,
            telnet: false,
          });
          await exchange(guest.uart, await server.client);
        });

        it('use UDP in both directions', async () => {
          const host = await udpSocket();
          const local = { host: '127.0.0.1', port: String(await freeUdpPort()) };
          const remote = { host: '127.0.0.1', port: String(host.address().port) };
          try {
            await using guest = await attach(qemu, folder, by, { type: 'udp', remote, local });
            const message = once(host, 'message') as Promise<[Buffer]>;
            await guest.uart.send('u');
            expect((await message)[0].toString()).to.equal('u');
            host.send('to guest', Number(local.port), local.host);
            expect(await guest.uart.receive(8)).to.equal('to guest');
          } finally {
            host.close();
          }
        });

        it('discard output without a reader, and log it', async () => {
          const log = { path: join(place, 'log,logappend=off'), append: true };
          for (const content of ['one', 'oneone']) {
            await using guest = await attach(qemu, folder, by, { type: 'null', log });
            await guest.uart.send('one');
            expect(await contentOf(log.path, content.length)).to.equal(content);
          }
        });

        it("report QEMU's error for a parallel port that does not exist", async () => {
          const made = attach(qemu, folder, by, { type: 'parallel', path: '/dev/null' });
          expect(String(await failure(made))).to.contain('not a parallel port');
        });
      });
    }
  }
});

interface Attached extends AsyncDisposable {
  readonly pc: Pc;
  readonly uart: Uart;
  /** The terminal of a pty. */
  readonly pty: string;
}

/** A guest with a serial port that uses the chardev. */
async function attach(
  { program, version }: TestedQemu,
  directory: string,
  by: '-chardev' | 'chardev-add',
  chardev: Chardev,
): Promise<Attached> {
  const args = by === '-chardev' ? ['-chardev', chardevOption(id, chardev, version)] : [];
  const pc = await Pc.start(program, directory, args);
  try {
    const added = by === '-chardev' ? {} : await addChardev(pc.qmp, { id, chardev }, privateAccess);
    const infos = await pc.qmp.execute(queryChardev);
    const pty = infos.find(({ label }) => label === id)?.filename.replace(/^pty:/, '') ?? '';
    if (added.pty !== undefined) expect(added.pty).to.equal(pty);
    return { pc, uart: await pc.uart(id), pty, [Symbol.asyncDispose]: () => pc[Symbol.asyncDispose]() };
  } catch (error) {
    await pc[Symbol.asyncDispose]();
    throw error;
  }
}
