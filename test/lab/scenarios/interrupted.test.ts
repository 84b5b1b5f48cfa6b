import { expect } from 'chai';
import {
  attachChannels,
  expectEcho,
  ptyChannel,
  remainsOf,
  socketChannel,
  writeDocument,
} from '../channels.js';
import { guestConfig } from '../guest/guest.js';
import { scenario } from '../scenario.js';

/** Loaded into virt2xen: kills it with SIGKILL when it reports the step of that number, before the step is done. */
const dieAtStep = `
const fs = require('node:fs');
const { writeSync } = fs;
let step = 0;
fs.writeSync = (descriptor, ...rest) => {
  if (descriptor === 2 && step++ === Number(process.env.DIE_AT)) process.kill(process.pid, 'SIGKILL');
  return writeSync(descriptor, ...rest);
};
`;

describe('virt2xen attach', () => {
  scenario(
    'goes on after it was killed at any step',
    { gate: ['pv'], all: ['pvh', 'hvm'] },
    async (scene) => {
      const { dom0, type, create } = scene;
      const guest = await create('killed', guestConfig('killed', { type }));
      const before = await remainsOf(dom0, guest.domid);
      const channels = socketChannel('first') + ptyChannel('second');
      const file = await writeDocument(dom0, 'killed', channels, type);
      await dom0.write('/run/lab/die.cjs', dieAtStep);
      for (let step = 0; ; step += 1) {
        const { status, stderr } = await dom0.attempt(
          `DIE_AT=${step} NODE_OPTIONS='--require /run/lab/die.cjs' virt2xen attach killed ${file} --verbose`,
        );
        if (status === 0) {
          expect(step).to.be.greaterThan(2);
          break;
        }
        expect(status, stderr).to.equal(128 + 9);
        await attachChannels(dom0, guest, channels);
        await guest.connected(['first', 'second']);
        await guest.echo(1);
        await expectEcho(dom0.connect('/run/lab/first.sock'), `after step ${step}`);
        // Linux reuses the tty of a removed channel only if no process has the old one open: see `raw`.
        await guest.run('exec 3>&-');
        await dom0.run(['virt2xen', 'detach', 'killed']);
        await guest.connected([]);
        expect(await remainsOf(dom0, guest.domid)).to.equal(before);
      }
    },
  );
});
