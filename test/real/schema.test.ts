import { expect } from 'chai';
import { convert } from '../../lib/index.js';
import { documents, type Document } from './documents.js';
import { say } from '../requirements.js';
import { findSchema, schemaVersion } from './schema.js';

describe("libvirt's schema", function () {
  const validate = findSchema();
  before(function () {
    if (!validate) this.skip();
  });
  if (!validate) {
    it('accepts the XML that we write');
    return;
  }

  it('rejects XML that is not domain XML', () => {
    const minimal = convert('name = "a"\nkernel = "/k"\nmemory = 64\n').output ?? '';
    const broken = minimal.replace('<devices', '<nonsense/>\n  <devices');
    const [good, bad] = validate([minimal, broken]);
    expect(good).to.deep.equal([]);
    expect(bad).not.to.be.empty;
  });

  const cases = {
    'takes XML that came from an xl.cfg': documents('.cfg', 'fixtures', '../shared/conformance/from-xl'),
    'takes XML that came from XML': documents(
      '.xml',
      'fixtures',
      '../shared/conformance/to-xl',
      '../shared/samples',
    ),
  };
  for (const [title, all] of Object.entries(cases)) {
    describe(title, () => {
      const written = all.flatMap(asXml);
      const problems = new Map<Document, readonly string[]>();
      const count = { checked: 0, skipped: 0, refused: all.length - written.length };
      before(() => {
        // What violates libvirt's schema in the input is preserved, and violates it in the output.
        const inputs = written.map(({ input }) => input).filter(({ name }) => name.endsWith('.xml'));
        const documents = [...written.map(({ output }) => output), ...inputs];
        const found = validate(documents.map(({ text }) => text));
        documents.forEach((document, index) => problems.set(document, found[index] ?? ['not checked']));
      });
      after(() => {
        say(
          `${count.checked} documents checked; ${count.skipped} skipped, invalid as they came; ` +
            `${count.refused} have no XML, for we refuse them`,
        );
      });
      for (const { input, output, isReported } of written) {
        it(input.name, function () {
          const found = problems.get(output) ?? ['not checked'];
          const isOutside = found.length > 0 && (problems.get(input) ?? []).length > 0;
          count[isOutside ? 'skipped' : 'checked'] += 1;
          if (isOutside) this.skip();
          // The schema rejects exactly what the conversion reports as a violation.
          if (isReported) expect(found).not.to.deep.equal([]);
          else expect(found).to.deep.equal([]);
        });
      }
    });
  }
});

interface Written {
  readonly input: Document;
  readonly output: Document;
  readonly isReported: boolean;
}

function asXml(input: Document): readonly Written[] {
  const from = input.name.endsWith('.cfg') ? 'xl' : 'libvirt';
  const { output, diagnostics } = convert(input.text, { from, to: 'libvirt', libvirt: schemaVersion() });
  const isReported = diagnostics.some(({ code }) => code === 'schema-violation');
  return output === undefined ? [] : [{ input, output: { name: input.name, text: output }, isReported }];
}
