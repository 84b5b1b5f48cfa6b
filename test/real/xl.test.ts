import { basename } from 'node:path';
import { expect } from 'chai';
import { Report } from '../../lib/diagnostics/diagnostic.js';
import { toXen } from '../../lib/to-xen/domain.js';
import {
  convert,
  formatXlConfig,
  parseDomainXml,
  parseXlConfig,
  type Domain,
  type FormatOptions,
} from '../../lib/index.js';
import { isForArm } from './arm-xl.js';
import { bootOrder, differencesOf } from './differences.js';
import { documents } from './documents.js';
import { changedOnTheWay, refusedByUsAlone, refusedByXlAlone } from './exceptions.js';
import { at, mismatches } from './json.js';
import { meaningOf } from './meaning.js';
import { pvXml } from '../libvirt/domains.js';
import { smallest } from '../properties/generated-domain.js';
import { findXl, type LibxlConfig, type RealXl } from './real-xl.js';
import { say } from '../requirements.js';

describe('the real xl', function () {
  const xl = findXl();
  before(function () {
    if (!xl) this.skip();
  });
  if (!xl) {
    it('reads what we write');
    return;
  }

  describe('reads an xl.cfg converted from XML as the model specifies', () => {
    const count = { compared: 0, refused: 0 };
    after(() => {
      say(
        `${count.compared} configs from XML compared; ${count.refused} documents have none, for we refuse them`,
      );
    });
    for (const { name, text } of documents(
      '.xml',
      'fixtures',
      '../shared/conformance/to-xl',
      '../shared/samples',
    )) {
      const { domain, diagnostics } = parseDomainXml(text);
      if (!domain || hasErrors(diagnostics)) {
        count.refused += 1;
        continue;
      }
      const releases = domain.channels.length > 0 ? ([undefined, '4.17'] as const) : [undefined];
      for (const release of releases) {
        it(release === undefined ? name : `${name} --xen ${release}`, () => {
          const written = compare(xl, domain, { xen: release, keep: true });
          count[written ? 'compared' : 'refused'] += 1;
        });
      }
    }
  });

  it("accepts more than 65 KiB, the limit of libvirt's converter", () => {
    const channels = Array.from(
      { length: 1500 },
      (_, i) =>
        `<channel type='unix'><source path='/run/c/${i}.sock'/><target type='xen' name='org.lab.${i}'/></channel>`,
    );
    const { domain } = parseDomainXml(pvXml(channels.join('')));
    expect(formatXlConfig(domain ?? smallest).text?.length).to.be.greaterThan(65 * 1024);
    expect(compare(xl, domain ?? smallest, {})).to.equal(true);
  });

  const configs = documents('.cfg', 'fixtures', '../shared/conformance/from-xl')
    // Those of Arm are in arm.test.ts.
    .filter(({ text }) => !isForArm(text))
    .map(({ name, text }) => ({
      name,
      text,
      file: basename(name),
      verdict: xl.read(text),
    }));

  describe('rejects exactly what we reject', () => {
    const count = { both: 0, neither: 0 };
    after(() => {
      say(`${count.both} configs that both read, ${count.neither} that both refuse, the others are listed`);
    });
    for (const { name, text, file, verdict } of configs) {
      it(name, () => {
        const ours = parseXlConfig(text).diagnostics;
        const isRefused = hasErrors(ours) || ours.some(({ code }) => code === 'xl-nonstandard-syntax');
        const isConverted = convert(text, { from: 'xl' }).output !== undefined;
        if (verdict.ok) {
          expect(!isConverted, 'refused by us alone').to.equal(file in refusedByUsAlone);
        } else {
          expect(!isRefused, `refused by xl alone: ${verdict.message}`).to.equal(file in refusedByXlAlone);
        }
        if (verdict.ok && isConverted) count.both += 1;
        if (!verdict.ok && isRefused) count.neither += 1;
      });
    }
  });

  describe('reads the same domain after converting to XML and back', () => {
    let compared = 0;
    after(() => {
      say(`${compared} round trips compared`);
    });
    for (const { name, text, file, verdict } of configs) {
      const xml = convert(text, { from: 'xl' }).output;
      if (xml === undefined || !verdict.ok) continue;
      it(name, () => {
        compared += 1;
        const after = throughXml(xl, xml);
        const generated = parseXlConfig(text).domain?.uuid === undefined;
        const differences =
          typeof after === 'string' ? [after] : differencesOf(verdict.config, after, generated);
        if (file in changedOnTheWay) expect(differences, 'no exception any more').not.to.be.empty;
        else expect(differences).to.deep.equal([]);
      });
    }

    it('boots in the same order if none is specified', () => {
      const text = 'name = "a"\ntype = "hvm"\nmemory = 256\n';
      const after = throughXml(xl, convert(text).output ?? '');
      // libxl's default order, which can also be absent
      expect(typeof after === 'string' ? after : (at(after, ...bootOrder) ?? 'cda')).to.equal('cda');
    });
  });
});

/** @returns whether there was a config to compare; there is none for a document that we reject */
function compare(xl: RealXl, domain: Domain, options: FormatOptions): boolean {
  const { text } = formatXlConfig(domain, options);
  if (text === undefined) return false;
  const verdict = xl.read(text);
  if (!verdict.ok) expect.fail(`xl rejects what we wrote: ${verdict.message}\n${text}`);
  const fitted = toXen(domain, new Report());
  expect(mismatches(meaningOf(fitted, options), verdict.config)).to.deep.equal([]);
  return true;
}

/** What xl reads from the xl.cfg converted from an XML, or the error. */
function throughXml(xl: RealXl, xml: string): LibxlConfig | string {
  const { output, diagnostics } = convert(xml, { from: 'libvirt', to: 'xl' });
  if (output === undefined) {
    return `there is no way back: ${diagnostics.map(({ message }) => message).join('; ')}`;
  }
  const verdict = xl.read(output);
  return verdict.ok ? verdict.config : `xl rejects what came back: ${verdict.message}`;
}

function hasErrors(diagnostics: readonly { readonly severity: string }[]): boolean {
  return diagnostics.some(({ severity }) => severity === 'error');
}
