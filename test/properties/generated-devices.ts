import fc from 'fast-check';
import type { Domain, Hostdev, Parallel, PciHostdev, UsbHostdev } from '../../lib/index.js';
import { connection } from './generated-channel.js';
import type { Texts } from './texts.js';

/** Arbitraries of parts of a domain, by name: host devices, and devices that only an HVM guest can have. */
export const deviceParts = (texts: Texts): Readonly<Record<string, () => fc.Arbitrary<Partial<Domain>>>> => ({
  parallels: () => parallels(texts).map((value) => ({ parallels: value })),
  sounds: () => sounds.map((value) => ({ sounds: value })),
  hostdevs: () => hostdevs(texts).map((value) => ({ hostdevs: value })),
  usbControllers: () => usbControllers.map((value) => ({ usbControllers: value })),
  redirections: () =>
    fc
      .array(fc.constant({ bus: 'usb' as const }), { maxLength: 5 })
      .map((redirections) => ({ redirections })),
  deviceModelArguments: () =>
    fc.array(texts.word, { maxLength: 4 }).map((deviceModelArguments) => ({ deviceModelArguments })),
});

const parallels = (texts: Texts): fc.Arbitrary<readonly Parallel[]> =>
  fc.uniqueArray(fc.record({ connection: connection(texts), port: fc.nat(2) }, { noNullPrototype: true }), {
    selector: ({ port }) => port,
    maxLength: 2,
  });

const sounds: fc.Arbitrary<Domain['sounds']> = fc.array(
  fc.record(
    { model: fc.constantFrom('ich6' as const, 'ac97' as const, 'es1370' as const, 'sb16' as const) },
    { noNullPrototype: true },
  ),
  { maxLength: 3 },
);

const usbControllers: fc.Arbitrary<Domain['usbControllers']> = fc.array(
  fc.record(
    { version: fc.constantFrom(1 as const, 2 as const), ports: fc.integer({ min: 1, max: 31 }) },
    { requiredKeys: ['version'], noNullPrototype: true },
  ),
  { maxLength: 3 },
);

/** No host device occurs twice. USB buses start at 1. */
const hostdevs = (texts: Texts): fc.Arbitrary<readonly Hostdev[]> =>
  fc.uniqueArray(fc.oneof<fc.Arbitrary<Hostdev>[]>(pci(texts), usb), {
    selector: (hostdev) =>
      JSON.stringify(hostdev.kind === 'pci' ? hostdev.source : [hostdev.bus, hostdev.device]),
    maxLength: 4,
  });

function pci({ word }: Texts): fc.Arbitrary<PciHostdev> {
  const address = fc.record(
    {
      domain: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })),
      bus: fc.integer({ min: 1, max: 0xff }),
      slot: fc.integer({ min: 0, max: 0x1f }),
      function: fc.oneof(fc.integer({ min: 0, max: 7 }), fc.constant('all' as const)),
    },
    { noNullPrototype: true },
  );
  return fc.record(
    {
      kind: fc.constant('pci' as const),
      source: fc.oneof(
        { weight: 5, arbitrary: address },
        { weight: 1, arbitrary: word.map((name) => ({ name })) },
      ),
      permissive: fc.boolean(),
      managed: fc.boolean(),
      xlParameters: fc.subarray(['vslot=1f', 'msitranslate=1', 'power_mgmt=0', 'rdm_policy=relaxed'], {
        minLength: 1,
      }),
    },
    { requiredKeys: ['kind', 'source', 'managed'], noNullPrototype: true },
  );
}

const usb: fc.Arbitrary<UsbHostdev> = fc.record(
  {
    kind: fc.constant('usb' as const),
    bus: fc.integer({ min: 1, max: 255 }),
    device: fc.integer({ min: 1, max: 255 }),
    xlParameters: fc.subarray(['controller=0', 'port=2'], { minLength: 1 }),
  },
  { requiredKeys: ['kind', 'bus', 'device'], noNullPrototype: true },
);
