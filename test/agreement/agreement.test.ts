import { expect } from 'chai';
import { convert, type Diagnostic } from '../../lib/index.js';
import { casesFrom, hasCases, type Case } from './cases.js';
import { differingParts } from './compare.js';
import { excuses, toXl, toXml, type Difference } from './differences.js';
import { isFresh, page, type Outcome } from './page.js';

/** Every error has a position, which libvirt's errors do not have. */
const hasPlace = ({ span }: Diagnostic): boolean => span !== undefined;

describe("agreement with libvirt's converter", function () {
  if (!hasCases) {
    it("is skipped: ../shared/conformance with libvirt's output does not exist");
    return;
  }
  const outcomes: Outcome[] = [];

  for (const [from, differences] of [
    ['libvirt', toXl],
    ['xl', toXml],
  ] as const) {
    describe(from === 'libvirt' ? 'XML to xl.cfg' : 'xl.cfg to XML', () => {
      for (const { name, input, output: libvirts } of casesFrom(from)) {
        it(name, () => {
          const { output, diagnostics } = convert(input, { from, profile: 'libvirt', keep: false });
          const errors = diagnostics.filter(({ severity }) => severity === 'error');
          if (output === undefined) expect(errors.filter(hasPlace), 'errors with a position').not.to.be.empty;
          if (libvirts === undefined) {
            outcomes.push({
              from,
              name,
              kind: output === undefined ? 'refused by both' : 'only libvirt refuses',
            });
            return;
          }
          const reasons = differences
            .filter(({ cases }) => name in cases)
            .map((difference) => difference.name);
          const [found, meant] = [differenceOf(output, libvirts), expected(differences, name)];
          const isMeant = String(found) === String(meant);
          const kind = !isMeant ? 'worse' : reasons.length === 0 ? 'same' : 'better';
          outcomes.push({ from, name, kind, reasons });
          expect(found, 'differs in').to.deep.equal(meant);
        });
      }

      it('names for each difference what equality would harm', () => {
        expect(differences.filter(({ name }) => !Object.hasOwn(excuses, name))).to.deep.equal([]);
      });

      it('differs only for access in one case, where libvirt loses nothing and xl rejects nothing', () => {
        const onlyAccess = differences.filter(({ name }) => String(excuses[name]) === 'opens the guest');
        expect(onlyAccess.flatMap(({ cases }) => Object.keys(cases))).to.deep.equal(
          from === 'xl' ? ['259-vfb-empty'] : [],
        );
      });

      it('lists only cases that exist', () => {
        const names = new Set(casesFrom(from).map(({ name }: Case) => name));
        const listed = differences.flatMap(({ cases }) => Object.keys(cases));
        expect(listed.filter((name) => !names.has(name))).to.deep.equal([]);
      });
    });
  }

  // A suite of its own: mocha runs the tests of a suite before its nested suites.
  describe('docs/conformance.md', () => {
    it('is up to date', () => {
      expect(isFresh(page(outcomes)), 'run UPDATE_DOCS=1 npm test').to.equal(true);
    });
  });
});

function differenceOf(ours: string | undefined, theirs: string): readonly string[] | 'refused' {
  if (ours === undefined) return 'refused';
  if (ours === theirs) return [];
  const parts = differingParts(ours, theirs);
  return parts.length === 0 ? ['order'] : parts;
}

function expected(differences: readonly Difference[], name: string): readonly string[] | 'refused' {
  const parts = differences.flatMap(({ cases }) => cases[name] ?? []);
  return parts.includes('refused') ? 'refused' : [...new Set(parts)].toSorted();
}
