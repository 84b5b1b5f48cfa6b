import { expect } from 'chai';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WatchedDirectory } from '../../lib/daemon/watched-directory.js';
import { temporaryDirectory } from '../cli/virt2xen.js';

describe('a directory that is watched before it exists', () => {
  const { path, remove } = temporaryDirectory();
  after(remove);

  it('is reported when it appears, and what happens in those above is not', async () => {
    let count = 0;
    let changed: () => void = () => undefined;
    const next = (): Promise<void> => new Promise((resolve) => (changed = resolve));
    const directory = new WatchedDirectory(join(path, 'libvirt', 'libxl'), () => {
      count += 1;
      changed();
    });
    directory.renew();
    try {
      writeFileSync(join(path, 'utmp'), 'x');
      await delay(300);
      expect(count).to.equal(0);
      const appeared = next();
      mkdirSync(join(path, 'libvirt', 'libxl'), { recursive: true });
      await appeared;
      const written = next();
      writeFileSync(join(path, 'libvirt', 'libxl', 'web1.xml'), '');
      await written;
    } finally {
      directory.close();
    }
  });
});
