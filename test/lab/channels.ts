/** Channels of a running guest: the documents, virt2xen's commands, and both ends of a channel. */
import { expect } from 'chai';
import { quote, type Dom0, type Process } from './dom0/dom0.js';
import { guestXml, type Guest, type GuestType } from './guest/guest.js';

/** In libvirt's XML for KVM. */
export const socketChannel = (name: string, path = `/run/lab/${name}.sock`): string =>
  `<channel type='unix'><source mode='bind' path='${path}'/><target type='virtio' name='${name}'/></channel>\n`;
export const ptyChannel = (name: string): string =>
  `<channel type='pty'><target type='virtio' name='${name}'/></channel>\n`;
export const fileChannel = (name: string, path: string): string =>
  `<channel type='file'><source path='${path}'/><target type='virtio' name='${name}'/></channel>\n`;

/** Names of channels whose sockets are in /run/lab. */
export const numbered = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `channel.${index + 1}`);

/** A channel in the output of `virt2xen attach --json`. */
export interface AttachedChannel {
  readonly devid: number;
  readonly name: string;
  readonly change: string;
  readonly path?: string;
}

/** Writes the document of a domain. @returns its path in dom0 */
export async function writeDocument(
  dom0: Dom0,
  name: string,
  channels: string,
  type: GuestType = 'pv',
): Promise<string> {
  const file = `/run/lab/${name}.xml`;
  await dom0.write(file, guestXml(name, channels, type));
  return file;
}

/** Runs `virt2xen attach`, which must succeed. @param channels the elements of the document */
export async function attachChannels(
  dom0: Dom0,
  { name, type = 'pv' }: Pick<Guest, 'name'> & Partial<Pick<Guest, 'type'>>,
  channels: string,
  options: readonly string[] = [],
): Promise<readonly AttachedChannel[]> {
  const file = await writeDocument(dom0, name, channels, type);
  const said = await dom0.run(['virt2xen', 'attach', name, file, '--json', ...options]);
  return (JSON.parse(said) as { readonly channels: readonly AttachedChannel[] }).channels;
}

/** A client of the terminal of a channel. */
export const openTerminal = (dom0: Dom0, path: string): Process =>
  dom0.start(['socat', '-', `${path},raw,echo=0`]);

/** Sends a line to a guest that echoes lines, and expects the echo. */
export async function expectEcho(client: Process, line: string): Promise<void> {
  client.write(`${line}\n`);
  expect(await client.stdout.line()).to.equal(`echo:${line}`);
}

/**
 * What exists for the channels of a domain: nodes of xenstore, records of virt2xen, and QEMUs that serve it. An HVM
 * guest has libxl's QEMU with its nodes.
 */
export async function remainsOf(dom0: Dom0, domid: number): Promise<string> {
  return await dom0.run(`
    for place in /libxl/${domid}/device/console /local/domain/${domid}/device/console \\
      /local/domain/0/backend/console/${domid} /local/domain/0/device-model/${domid}; do
      xenstore-ls -fp "$place" 2>/dev/null | grep -v '/console/\\(${domid}/\\)\\?0[/ ]'
    done
    ls -A /run/virt2xen 2>/dev/null
    for process in /proc/[0-9]*; do
      tr '\\0' ' ' <"$process/cmdline" 2>/dev/null | grep ${quote(`[q]emu.* -xen-domid ${domid} `)}
    done
    true`);
}

/** A client that connects to the socket of a channel and never reads; the socket buffers about 200 kB for it. */
export async function stalledClient(dom0: Dom0, path: string): Promise<Process> {
  const client = dom0.start(
    `exec node -e "require('net').connect('${path}').pause().on('connect', () => console.log('here'))"`,
  );
  await client.stdout.line();
  return client;
}

/** A client that prints the milliseconds that each of several equal blocks took, on one line. */
const meter = `
const [path, size, blocks] = process.argv.slice(2);
const times = [];
let start, left = Number(size);
require('node:net').connect(path).on('connect', () => console.log('here')).on('data', (chunk) => {
  start ??= performance.now();
  for (left -= chunk.length; left <= 0; left += Number(size)) {
    const now = performance.now();
    times.push(now - start);
    start = now;
  }
  if (times.length < blocks) return;
  console.log(times.join(' '));
  process.exit();
});
`;

/**
 * The speed at which a guest sends, in the time of dom0: the median of ten blocks, because the emulator schedules
 * dom0 and the guest unevenly, so that one block can take twice as long as another.
 *
 * @param path the channel's socket
 * @returns bytes per millisecond
 */
export async function throughput(dom0: Dom0, guest: Guest, tty: number, path: string): Promise<number> {
  await guest.run(`raw ${tty}`);
  return await rateOf(dom0, path, async (bytes) => {
    const sent = await guest.job(`head -c ${bytes} /dev/zero >/dev/hvc${tty}`);
    await sent.result();
  });
}

/**
 * As `throughput`, for any guest.
 * @param send sends this number of bytes in the guest
 */
export async function rateOf(
  dom0: Dom0,
  path: string,
  send: (bytes: number) => Promise<unknown>,
): Promise<number> {
  const [size, blocks] = [200_000, 10];
  await dom0.write('/run/lab/meter.cjs', meter);
  const client = dom0.start(['node', '/run/lab/meter.cjs', path, String(size), String(blocks)]);
  await client.stdout.line();
  const sent = send(size * blocks);
  const times = (await client.stdout.line(300_000)).split(' ').map(Number);
  await sent;
  return size / medianOf(times);
}

/** A client that sends equal blocks, each when the one before was confirmed, and prints the milliseconds of each. */
const feeder = `
const [path, size, blocks] = process.argv.slice(2);
const block = Buffer.alloc(Number(size), 65);
const times = [];
let start;
const client = require('node:net').connect(path);
const send = () => {
  start = performance.now();
  client.write(block);
};
client.on('connect', send).on('data', () => {
  times.push(performance.now() - start);
  if (times.length < blocks) return send();
  console.log(times.join(' '));
  process.exit();
});
`;

/** The speed at which a guest receives, as `throughput`. */
export async function throughputTo(dom0: Dom0, guest: Guest, tty: number, path: string): Promise<number> {
  await guest.run(`raw ${tty}`);
  const [size, blocks] = [50 * 4096, 10];
  const device = `/dev/hvc${tty}`;
  const received = await guest.job(
    `for block in $(seq ${blocks}); do dd if=${device} of=/dev/null bs=4096 count=50 iflag=fullblock 2>/dev/null; printf . >${device}; done`,
  );
  await dom0.write('/run/lab/feeder.cjs', feeder);
  const times = await dom0.run(['node', '/run/lab/feeder.cjs', path, String(size), String(blocks)], {
    limitMs: 300_000,
  });
  await received.result();
  return size / medianOf(times.split(' ').map(Number));
}

/** A client that sends a line again and again, and prints the milliseconds until each came back, on one line. */
const echoMeter = `
const [path, rounds] = process.argv.slice(2);
const times = [];
let start;
const client = require('node:net').connect(path);
const send = () => {
  start = performance.now();
  client.write('.\\n');
};
client.on('connect', send).on('data', () => {
  times.push(performance.now() - start);
  if (times.length < rounds) return send();
  console.log(times.join(' '));
  process.exit();
});
`;

/**
 * The time until a line comes back from a guest that returns what it receives: the median of 50, in milliseconds.
 * @param path the channel's socket
 */
export async function roundTrip(dom0: Dom0, path: string): Promise<number> {
  await dom0.write('/run/lab/echo-meter.cjs', echoMeter);
  const times = await dom0.run(['node', '/run/lab/echo-meter.cjs', path, '50'], { limitMs: 300_000 });
  return medianOf(times.trim().split(' ').map(Number));
}

const medianOf = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Infinity;
