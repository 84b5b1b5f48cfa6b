/**
 * Example of a backend, for a fictitious console daemon in dom0 that serves the rings and reads one file for each
 * channel. docs/realize.md describes the functions; test/host/realize tests this backend against the contract.
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

  // `output` of the frontend directory. The daemon needs no additional keys in the backend directory.
  keysOf: ({ devid }) => ({ output: `example:${devid}`, backend: {} }),

  // The daemon runs in dom0.
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
      // The daemon keeps running, so there is nothing to stop.
      finish: async () => {},
    };
  },
};
