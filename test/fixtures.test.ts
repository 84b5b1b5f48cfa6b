import { expect } from 'chai';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { convert, parseXlConfig, renderDiagnostics, type ConvertResult } from '../lib/index.js';

/*
 * Each fixture is an input with its output and diagnostics: NAME.xml, NAME.cfg and NAME.diagnostics; in fixtures/xl
 * the input is the xl.cfg. test/real checks the outputs with the real xl and libvirt's schema. After an intended
 * change, run UPDATE_FIXTURES=1 npm test, and read the difference.
 */
const update = process.env['UPDATE_FIXTURES'] === '1';

interface Fixture {
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly diagnostics: string;
  readonly fromXl: boolean;
}

const fixtures: readonly Fixture[] = readdirSync('fixtures').flatMap((topic) => {
  const fromXl = topic === 'xl';
  const [input, output] = fromXl ? ['.cfg', '.xml'] : ['.xml', '.cfg'];
  return readdirSync(join('fixtures', topic))
    .filter((file) => file.endsWith(input))
    .map((file) => {
      const base = join('fixtures', topic, file.slice(0, -input.length));
      const name = `${topic}/${file}`;
      return { name, input: base + input, output: base + output, diagnostics: `${base}.diagnostics`, fromXl };
    });
});

describe('fixtures', () => {
  it('are complete', () => {
    expect(fixtures.length).to.be.at.least(16);
  });

  for (const fixture of fixtures) {
    describe(fixture.name, () => {
      const result = convert(readFileSync(fixture.input));

      it('converts to the expected output', () => {
        compare(fixture.output, result.output);
      });

      it('reports the expected diagnostics', () => {
        const { diagnostics, source } = result;
        compare(
          fixture.diagnostics,
          renderDiagnostics(diagnostics, { file: basename(fixture.input), source }),
        );
      });

      if (result.output !== undefined) {
        it('converts back to the same document', () => {
          if (fixture.fromXl) expectXlRoundTrip(fixture, result.output ?? '');
          else expectXmlRoundTrip(fixture, result.output ?? '');
        });
      }
    });
  }
});

function compare(file: string, actual: string | undefined): void {
  if (update && actual !== undefined) writeFileSync(file, actual);
  expect(actual).to.equal(existsSync(file) ? readFileSync(file, 'utf8') : undefined);
}

/** XML -> xl -> XML -> xl: both xl.cfg are identical. */
function expectXmlRoundTrip(fixture: Fixture, first: string): void {
  expect(outputOf(convert(outputOf(convert(first))))).to.equal(first);
  // With --keep, what an xl.cfg cannot express is restored, too, so that both conversions lose the same.
  const preserved = convert(readFileSync(fixture.input), { keep: true });
  const back = convert(outputOf(preserved), { keep: true });
  expect(back.diagnostics.filter(({ code }) => code === 'preserved-conflict')).to.deep.equal([]);
  expect(lossesOf(convert(outputOf(back), { keep: true }))).to.deep.equal(lossesOf(preserved));
}

/** xl -> XML -> xl -> XML: both XML are identical, and both xl.cfg describe the same domain. */
function expectXlRoundTrip(fixture: Fixture, xml: string): void {
  const again = outputOf(convert(xml));
  expect(outputOf(convert(again))).to.equal(xml);
  const [before, after] = [readFileSync(fixture.input, 'utf8'), again].map(
    (text) => parseXlConfig(text).domain,
  );
  expect(after).to.deep.equal(before);
}

function outputOf(result: ConvertResult): string {
  if (result.output === undefined) {
    throw new Error(result.diagnostics.map(({ code, message }) => `${code}: ${message}`).join('\n'));
  }
  return result.output;
}

/** What is lost, without positions, which differ between a manager's XML and ours. */
const lossesOf = (result: ConvertResult): readonly string[] =>
  result.diagnostics
    .filter(({ code }) => code === 'unsupported' || code === 'not-implemented')
    .map(({ code, message }) => `${code}: ${message}`)
    .sort();
