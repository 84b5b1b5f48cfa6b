import { expect } from 'chai';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { domId } from '../../lib/realize/domid.js';
import { Xenstore } from '../../lib/realize/xenstore/client.js';
import { below, xenstorePath, type XenstorePath } from '../../lib/realize/xenstore/path.js';
import { readPermissions } from '../../lib/realize/xenstore/permissions.js';
import { Dom0 } from './dom0.js';
import { Guest } from './guest.js';
import { findPrograms } from './programs.js';

const guestNumber = domId(7);
const frontend = xenstorePath('/local/domain/7/device/console/1');
const backend = xenstorePath('/local/domain/0/backend/console/7/1');

/** The nodes that QEMU's console backend and Linux's frontend read, as written by libxl. */
async function writeChannel(store: Xenstore): Promise<void> {
  const sides: readonly (readonly [XenstorePath, Record<string, string>])[] = [
    [
      frontend,
      { backend, 'backend-id': '0', state: '1', type: 'ioemu', output: 'chardev:channel', limit: '4096' },
    ],
    [backend, { frontend, 'frontend-id': '7', online: '1', state: '1' }],
  ];
  await store.transaction(async (nodes) => {
    for (const [directory, keys] of sides) {
      await nodes.mkdir(directory);
      await nodes.setPermissions(
        directory,
        readPermissions(directory === frontend ? ['n7', 'r0'] : ['n0', 'r7']),
      );
      for (const [key, value] of Object.entries(keys)) await nodes.write(below(directory, key), value);
    }
  });
}

describe('a dom0 without Xen', function () {
  const programs = findPrograms();
  before(function () {
    if (!programs) this.skip();
  });
  if (!programs) {
    it("runs Debian's daemons");
    return;
  }

  for (const daemon of ['xenstored', 'oxenstored'] as const) {
    it(`transfers bytes between a socket and a guest, through QEMU and ${daemon}`, async () => {
      await using dom0 = await Dom0.start(programs, daemon);
      await using store = await Xenstore.connect(dom0.socket);
      await using guest = await Guest.start(dom0, guestNumber);
      await writeChannel(store);
      const path = join(dom0.directory, 'channel');
      const qemu = dom0.startQemu([
        ...['-xen-domid', '7', '-xen-attach', '-name', 'guest7', '-machine', 'xenpv', '-m', '32'],
        ...['-nodefaults', '-no-user-config', '-display', 'none'],
        ...['-chardev', `socket,id=channel,path=${path},server=on,wait=off`],
      ]);
      const state = xenstorePath('/local/domain/0/device-model/7/state');
      await qemu.isReady(async () => (await store.read(state)) === 'running');

      const inside = (await guest.openConsole(1)).setEncoding('utf8');
      const outside = createConnection(path).setEncoding('utf8');
      await once(outside, 'connect');
      outside.write('to the guest');
      expect(await once(inside, 'data')).to.deep.equal(['to the guest']);
      inside.write('to the host');
      expect(await once(outside, 'data')).to.deep.equal(['to the host']);
      for (const end of [inside, outside]) end.destroy();
    });
  }
});
