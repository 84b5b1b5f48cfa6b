import { numbered, socketChannel, throughput, writeDocument } from '../channels.js';
import { guestConfig } from '../guest/guest.js';
import { scenario } from '../scenario.js';

/** A command that prints the state of each channel's backend. */
const backendStates = (domid: number, channels: number): string =>
  [
    'xenstore-read',
    ...Array.from(
      { length: channels },
      (_, at) => `/local/domain/0/backend/console/${domid}/${at + 1}/state`,
    ),
  ].join(' ');

/**
 * Loaded into virt2xen: counts its requests to xenstored, and how often it waits for an answer. Each request consists
 * of a header with a length, and that many bytes.
 */
const countRequests = `
const { Socket } = require('node:net');
const { writeFileSync } = require('node:fs');
const { connect, write } = Socket.prototype;
let requests = 0, roundTrips = 0, isAsked = false;
Socket.prototype.connect = function (...args) {
  this.isXenstore = JSON.stringify(args).includes('xenstored');
  if (this.isXenstore) this.on('data', () => (isAsked = false));
  return connect.apply(this, args);
};
Socket.prototype.write = function (chunk, ...rest) {
  if (this.isXenstore) {
    const bytes = Buffer.from(chunk);
    for (let at = 0; at < bytes.length; at += 16 + bytes.readUInt32LE(at + 12)) requests += 1;
    if (!isAsked) roundTrips += 1;
    isAsked = true;
  }
  return write.call(this, chunk, ...rest);
};
process.on('exit', () => writeFileSync('/run/lab/requests', requests + ' in ' + roundTrips + ' round trips'));
`;

const inKilobytes = (rate: number): string => `${Math.round(rate)} kB/s`;

describe('channels, measured', () => {
  scenario(
    'in the time of dom0, which the emulator counts by instructions',
    { gate: ['pv'], all: ['pvh', 'hvm'] },
    async ({ dom0, suite, type, create, measure }) => {
      await dom0.write('/run/lab/count.cjs', countRequests);
      const guest = await create('measured', guestConfig('measured', { type }));
      for (const channels of [1, 7]) {
        const file = await writeDocument(
          dom0,
          'measured',
          numbered(channels)
            .map((n) => socketChannel(n))
            .join(''),
        );
        const milliseconds = await dom0.run(`
        start=$(date +%s%N)
        virt2xen attach measured ${file} >/run/lab/said || exit
        until [ "$(${backendStates(guest.domid, channels)} | sort -u)" = 4 ]; do :; done
        echo $((($(date +%s%N) - start) / 1000000))`);
        measure(`from the start of virt2xen attach to Connected, ${channels} channels`, `${milliseconds} ms`);
        await dom0.run(['virt2xen', 'detach', 'measured']);
        await guest.connected([]);
        await dom0.run(`NODE_OPTIONS='--require /run/lab/count.cjs' virt2xen attach measured ${file}`);
        measure(
          `requests to xenstored of an attach of ${channels} channels`,
          await dom0.run('cat /run/lab/requests'),
        );
        if (channels === 1) {
          await dom0.run(['virt2xen', 'detach', 'measured']);
          await guest.connected([]);
        }
      }
      await guest.connected(numbered(7));
      const pid = await dom0.run(`xenstore-read /local/domain/${guest.domid}/image/device-model-pid`);
      const ticks = `awk '{ print $14 + $15 }' /proc/${pid}/stat`;
      const idle = await dom0.run(`before=$(${ticks}); sleep 10; echo $(($(${ticks}) - before))`);
      measure('CPU of a QEMU with 7 idle channels, in 10 s', `${Number(idle) * 10} ms`);

      measure(
        'throughput from the guest',
        inKilobytes(await throughput(dom0, guest, 1, '/run/lab/channel.1.sock')),
      );
      const lost = suite.xen === '4.17' ? '"connection=pty,name=lost", ' : '';
      const xls = await create(
        'of-xl',
        `${guestConfig('of-xl', { type })}channel = [${lost}"connection=socket,path=/run/lab/xl.sock,name=of.xl"]\n`,
      );
      await xls.connected(['of.xl']);
      measure(
        'the same, of a channel that xl made',
        inKilobytes(await throughput(dom0, xls, 1, '/run/lab/xl.sock')),
      );
    },
  );
});
