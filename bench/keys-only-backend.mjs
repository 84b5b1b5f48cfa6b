/** A backend without processes, for bench/scale.ts: what remains of an attach are the keys in xenstore. */
export default {
  name: 'keys-only',
  unsupportedReason: () => undefined,
  keysOf: ({ devid }) => ({ output: `chardev:virt2xen-channel${devid}`, backend: {} }),
  domidFor: () => Promise.resolve(0),
  open: () =>
    Promise.resolve({
      look: (channels) =>
        Promise.resolve({ working: new Map(channels.map(({ devid }) => [devid, {}])), isServed: true }),
      make: () => Promise.resolve(),
      remove: () => Promise.resolve(),
      finish: () => Promise.resolve(),
    }),
};
