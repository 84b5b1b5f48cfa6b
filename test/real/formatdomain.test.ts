import { expect } from 'chai';
import { existsSync, readFileSync } from 'node:fs';
import { convert } from '../../lib/index.js';
import { unknownReason } from '../../lib/libvirt/unread.js';
import { readGrammar } from './formatdomain/grammar.js';
import { pageOf, pagePath } from './formatdomain/page.js';
import { convertWithPools, survey } from './formatdomain/survey.js';
import { guests } from './formatdomain/usual.js';
import { say } from '../requirements.js';
import { findSchema, schemaPath } from './schema.js';

describe('everything that libvirt allows in a domain', function () {
  const validate = findSchema();
  before(function () {
    if (!validate) this.skip();
  });
  if (!validate) {
    it('is converted, implied or reported');
    return;
  }
  const grammar = readGrammar(schemaPath);
  const unknown = new Set<string>();
  const withUnknown: typeof convert = (input, options) => {
    const result = convertWithPools(input, options);
    for (const { message } of result.diagnostics) if (message.includes(unknownReason)) unknown.add(message);
    return result;
  };
  const found = survey(grammar, guests, withUnknown);

  it('is converted, implied, or reported with its position', () => {
    expect(found.silent).to.deep.equal([]);
    say(
      `${found.pieces.length} elements, attributes and listed values, in ${found.documents.size} documents`,
    );
  });

  it('fails this test if it is not reported', () => {
    const mute: typeof convert = (...given) => ({ ...convert(...given), diagnostics: [] });
    const guest = { ...guests[0], present: { ...guests[0]?.present }, texts: {}, only: 'devices/rng' };
    expect(survey(grammar, [guest], mute).silent.map((line) => line.split(' ', 1)[0])).to.include.members([
      'devices/rng/@model=virtio',
      'devices/rng/rate/@period',
    ]);
  });

  it('is omitted with a reason', () => {
    expect([...unknown].filter((message) => !message.startsWith('<any:any>'))).to.deep.equal([]);
  });

  it('is in a document that is not rejected for another reason', () => {
    expect(found.masked).to.deep.equal([]);
  });

  it('is named in its message', () => {
    expect(found.vague).to.deep.equal([]);
  });

  it('is in documents that the schema accepts', () => {
    const documents = [...found.documents];
    const problems = validate(documents).flatMap((lines, i) =>
      lines.length === 0 ? [] : [`${documents[i] ?? ''}: ${lines.join('; ')}`],
    );
    expect(problems).to.deep.equal([]);
  });

  it('has no exception that is no longer needed', () => {
    expect(found.stale).to.deep.equal([]);
  });

  it(`is in ${pagePath}, which is up to date (npm run docs writes it)`, async () => {
    const written = existsSync(pagePath) ? readFileSync(pagePath, 'utf8') : '';
    expect(written).to.equal(await pageOf(found));
  });
});
