import { assert } from 'chai';
import fc from 'fast-check';
import { convert, formatXlConfig, type Domain, type Format } from '../../lib/index.js';
import { domain, domainWith, partNames, smallest } from './generated-domain.js';
import { throughXl, throughXml } from './normalise.js';
import { holds } from './property.js';
import { assertRoundTrip, errorsOf } from './round-trip.js';
import { plainTexts, plainWord, wildTexts } from './texts.js';

const formats: readonly (readonly [Format, string])[] = [
  ['xl', 'an xl.cfg'],
  ['libvirt', 'a domain XML'],
];

describe('properties: domains', () => {
  for (const [format, what] of formats) {
    describe(`through ${what}`, () => {
      for (const part of partNames(plainTexts)) {
        it(`return with the same ${part}, or are rejected`, () => {
          holds(fc.property(domainWith(part, wildTexts), (value) => void assertRoundTrip(value, format)));
        });

        it(`are not rejected for plain ${part}`, () => {
          holds(fc.property(domainWith(part, plainTexts), (value) => void assertRoundTrip(value, format)));
        });
      }

      it('return unchanged, or are rejected', () => {
        holds(fc.property(domain(plainTexts), (value) => void assertRoundTrip(value, format)));
      });
    });
  }

  it('preserve pieces of XML in the comments of an xl.cfg', () => {
    const text = fc.string({ unit: 'binary' });
    const piece = fc.oneof(
      text.map((xml) => ({ kind: 'element' as const, xml })),
      fc.tuple(plainWord, text).map(([name, value]) => ({ kind: 'attribute' as const, name, value })),
    );
    const parent = fc.constantFrom('', 'devices', 'devices/disk[2]/driver', 'os');
    const fragments = fc.array(fc.record({ parent, piece }, { noNullPrototype: true }), { maxLength: 4 });
    holds(
      fc.property(fragments, (preserved) => {
        const value: Domain = { ...smallest, preserved: { settings: [], fragments: preserved } };
        assertRoundTrip(value, 'xl', { keep: true });
      }),
    );
  });

  it('convert to the same xl.cfg directly and through XML', () => {
    holds(
      fc.property(domain(plainTexts), (value) => {
        // For a bridge script without a bridge, libxl's default bridge is written explicitly.
        fc.pre(
          !value.interfaces.some(
            ({ source, script }) => source.kind === 'ethernet' && script === 'vif-bridge',
          ),
        );
        // libvirt cannot identify a device by name.
        fc.pre(!value.hostdevs.some((hostdev) => hostdev.kind === 'pci' && 'name' in hostdev.source));
        const first = formatXlConfig(value).text;
        if (first === undefined) return;
        const xml = convert(first);
        assert.deepEqual(errorsOf(xml.diagnostics), [], first);
        const second = convert(xml.output ?? '');
        assert.equal(second.output, first, errorsOf(second.diagnostics).join('; '));
      }),
    );
  });

  it('are normalised only for documented reasons', () => {
    for (const { name, because } of [...throughXl, ...throughXml])
      assert(name !== '' && because !== '', name);
  });
});
