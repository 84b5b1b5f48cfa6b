import { expect } from 'chai';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import { convert, formatXlConfig, parseDomainXml, type Domain } from '../../lib/index.js';
import { isArm } from '../../lib/model/architecture.js';
import { toXen } from '../../lib/to-xen/domain.js';
import { supportedBy } from '../xl/supported-by.js';
import { xlOptions } from '../../lib/xl/options/table.js';
import { configWith, configWithout } from '../xl/option-samples.js';
import { findArmXl, isForArm } from './arm-xl.js';
import { differencesOf } from './differences.js';
import { documents } from './documents.js';
import { at, mismatches } from './json.js';
import { meaningOf } from './meaning.js';
import type { LibxlConfig, RealXl } from './real-xl.js';

const smallest = 'name = "a"\nkernel = "/k"\nmemory = 256\n';

/** The options that only have an effect on Arm, and that this release of xl supports. */
const armOptions = [...xlOptions].filter(([, { arm, since }]) => arm && since === undefined);

/** Values of types that an option may not support. */
const oddValues = ['"odd"', '[ "odd" ]', '7'] as const;

describe('the real xl for Arm', function () {
  let found: RealXl | undefined;
  before(async function () {
    this.timeout(20 * 60_000);
    found = await findArmXl();
    if (!found) this.skip();
  });

  const read = (text: string): LibxlConfig => {
    if (!found) throw new Error('no xl');
    const verdict = found.read(text);
    if (!verdict.ok) expect.fail(`xl rejects it: ${verdict.message}\n${text}`);
    return verdict.config;
  };

  /** What xl reads from the xl.cfg converted from an XML. */
  const readBack = (text: string, arch?: 'aarch64'): LibxlConfig => {
    const xml = convert(text, { arch }).output ?? '';
    expect(xml).to.match(/<type arch='aarch64' machine='xenpv'>linux</);
    return read(convert(xml).output ?? '');
  };

  it('creates PVH for a guest without a type, and only for that', () => {
    expect(at(read(smallest), 'c_info', 'type')).to.equal('pvh');
    expect(at(readBack(smallest, 'aarch64'), 'c_info', 'type')).to.equal('pvh');
    for (const type of ['pv', 'pvh']) {
      expect(at(readBack(`${smallest}type = "${type}"\n`, 'aarch64'), 'c_info', 'type')).to.equal('pvh');
    }
  });

  for (const { name, text } of documents('.xml', 'fixtures', '../shared/samples')) {
    const { domain, diagnostics } = parseDomainXml(text);
    if (!domain || !isArm(domain.os.architecture)) continue;
    if (diagnostics.some(({ severity }) => severity === 'error')) continue;
    it(`reads the xl.cfg of ${name} as the model specifies`, () => {
      expect(mismatches(meaningOf(fitted(domain)), read(formatXlConfig(domain).text ?? ''))).to.deep.equal(
        [],
      );
    });
  }

  for (const { name, text } of documents('.cfg', 'fixtures', '../shared/conformance/from-xl')) {
    if (!isForArm(text)) continue;
    it(`reads the same from ${name} after converting to XML and back, or rejects it as we do`, () => {
      const generated = !/^uuid/m.test(text);
      const { diagnostics, output } = convert(text);
      if (found?.read(text).ok === false) {
        expect(output).to.equal(undefined);
        expect(diagnostics.map(({ code }) => code)).to.include('value-invalid');
        return;
      }
      expect(differencesOf(asCreated(read(text)), readBack(text), generated)).to.deep.equal([]);
    });
  }

  for (const [name, option] of armOptions) {
    it(`reads the same ${name} after converting to XML and back`, () => {
      const text = configWith(name, option).replace('type = "pv"\n', '');
      const without = configWithout(name, option).replace('type = "pv"\n', '');
      const before = read(text);
      expect(differencesOf(before, readBack(text), false)).to.deep.equal([]);
      expect(differencesOf(before, read(without), false), 'xl takes no notice').not.to.be.empty;
    });

    for (const value of oddValues) {
      if (supportedBy.has(name) || (value.startsWith('[') && option.type.includes('list'))) continue;
      it(`accepts or rejects ${name} = ${value} as we do`, () => {
        const text = configWith(name, option, value).replace('type = "pv"\n', '');
        const verdict = found?.read(text);
        const codes = convert(text)
          .diagnostics.filter(({ message }) => message.includes(`'${name}'`))
          .map(({ code }) => code);
        expect(codes.includes('value-invalid')).to.equal(verdict?.ok === false);
      });
    }
  }
});

const fitted = (domain: Domain): Domain => toXen(domain, new Report());

/** libxl converts a PV guest to PVH when it creates the guest, after xl has printed the config. */
function asCreated(config: LibxlConfig): LibxlConfig {
  const { c_info: info, b_info: build } = config;
  if (at(config, 'c_info', 'type') !== 'pv' || typeof info !== 'object' || typeof build !== 'object')
    return config;
  return {
    ...config,
    c_info: { ...info, type: 'pvh' },
    b_info: { ...withoutKind(build), 'type.pvh': {} },
  };
}

const withoutKind = (build: object | null): object =>
  Object.fromEntries(Object.entries(build ?? {}).filter(([key]) => key !== 'type.pv'));
