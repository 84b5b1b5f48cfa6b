/**
 * A backend of one's own: for a console daemon in dom0 that serves the rings itself, and learns what to serve
 * from a file for each channel. docs/realize.md explains; test/host/realize runs the contract against it.
 *
 *     virt2xen attach vm vm.xml --backend ./docs/example-backend.mjs
 */
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';

const directory = process.env.EXAMPLE_CONSOLED_DIR ?? '/run/example-consoled';

/** @type {import('virt2xen/realize').Backend} */
export default {
  name: 'example',

  unsupportedReason: ({ chardev }) =>
    chardev.type === 'unix' && chardev.mode === 'listen'
      ? undefined
      : 'example-consoled listens on sockets only',

  // What the daemon asks of the frontend; nothing more goes into the backend's directory.
  keysOf: ({ devid }) => ({ output: `example:${devid}`, backend: {} }),

  // It runs in dom0.
  domidFor: async () => 0,

  open: async ({ domain, access }) => {
    const nameOf = ({ devid }) => `${domain.domid}-${devid}.json`;
    const present = async () => new Set(await readdir(directory).catch(() => []));
    return {
      look: async (channels) => {
        const files = await present();
        const working = channels.filter((channel) => files.has(nameOf(channel)));
        return { working: new Map(working.map(({ devid }) => [devid, {}])), isServed: true };
      },
      make: async (channels) => {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        for (const channel of channels) {
          const file = join(directory, nameOf(channel));
          await writeFile(`${file}.new`, JSON.stringify({ path: channel.chardev.path, mode: access.mode }));
          await rename(`${file}.new`, file);
        }
      },
      remove: async (channels) => {
        for (const channel of channels) {
          for (const end of ['', '.new']) await rm(join(directory, nameOf(channel) + end), { force: true });
        }
      },
      // A daemon that is always there has nothing to put away.
      finish: async () => {},
    };
  },
};
