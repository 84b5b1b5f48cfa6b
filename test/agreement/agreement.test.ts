import { expect } from 'chai';
import { convert, type Diagnostic } from '../../lib/index.js';
import { casesFrom, hasCases, type Case } from './cases.js';
import { differingParts } from './compare.js';
import { rules, toXl, toXml, type Difference } from './differences.js';
import { isFresh, page, type Outcome } from './page.js';

/** Where libvirt names no place, and we do: everything but what stands nowhere in the document. */
const hasPlace = ({ span }: Diagnostic): boolean => span !== undefined;

describe("agreement with libvirt's converter", function () {
  if (!hasCases) {
    it("needs libvirt's answers in ../shared/conformance, which are not here");
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
          if (output === undefined) expect(errors.filter(hasPlace), 'a refusal with a place').not.to.be.empty;
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
          const { mended, applied } = mend(from, libvirts, input.toString());
          const [found, meant] = [differenceOf(output, mended), expected(differences, name)];
          const all = [...applied, ...reasons];
          const isMeant = String(found) === String(meant);
          const kind = !isMeant ? 'worse' : all.length === 0 ? 'same' : 'better';
          outcomes.push({ from, name, kind, reasons: all });
          expect(found, 'differs in').to.deep.equal(meant);
        });
      }

      it('differs in no case that does not exist', () => {
        const names = new Set(casesFrom(from).map(({ name }: Case) => name));
        const listed = differences.flatMap(({ cases }) => Object.keys(cases));
        expect(listed.filter((name) => !names.has(name))).to.deep.equal([]);
      });
    });
  }

  // Mocha runs a suite's own tests before those of the suites in it.
  describe('docs/conformance.md', () => {
    it('says this', () => {
      expect(isFresh(page(outcomes)), 'run UPDATE_DOCS=1 npm test').to.equal(true);
    });
  });
});

/** Applies the rules that change libvirt's answer to this document. */
function mend(
  from: 'libvirt' | 'xl',
  xml: string,
  config: string,
): { mended: string; applied: readonly string[] } {
  if (from === 'libvirt') return { mended: xml, applied: [] };
  const applied: string[] = [];
  let mended = xml;
  for (const rule of rules) {
    const after = rule.mend(mended, config);
    if (after !== mended) applied.push(rule.name);
    mended = after;
  }
  return { mended, applied };
}

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
