import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Dom0 } from './dom0.js';
import { findPrograms } from './programs.js';

describe('a dom0 without Xen', function () {
  const programs = findPrograms();
  before(function () {
    if (!programs) this.skip();
  });
  if (!programs) {
    it('runs the daemons that Debian ships');
    return;
  }

  for (const daemon of ['xenstored', 'oxenstored'] as const) {
    it(`runs ${daemon}, and the QEMU that libxl starts for a PV guest`, async () => {
      await using dom0 = await Dom0.start(programs, daemon);
      const qmp = join(dom0.directory, 'qmp');
      const qemu = dom0.startQemu([
        ...['-xen-domid', '7', '-xen-attach', '-name', 'guest7', '-machine', 'xenpv', '-m', '32'],
        ...['-nodefaults', '-no-user-config', '-display', 'none'],
        ...['-qmp', `unix:${qmp},server=on,wait=off`],
      ]);
      await qemu.isReady(() => existsSync(qmp));
    });
  }
});
