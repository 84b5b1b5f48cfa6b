import { expect } from 'chai';
import {
  characterName,
  decodeReferences,
  escapeAttribute,
  escapeText,
  findForbidden,
} from '../../../lib/libvirt/xml/characters.js';
import { Report } from '../../../lib/diagnostics/diagnostic.js';

describe('characters that XML does not allow', () => {
  it('are found at their offset', () => {
    expect(findForbidden('ab\x00')).to.equal(2);
    expect(findForbidden('🐈\ufffe')).to.equal(2);
    expect(findForbidden('\t\n\r ~\x7f\x85\ud7ff\ue000\ufffd🐈')).to.equal(-1);
  });

  it('include unpaired surrogates', () => {
    expect(findForbidden('a\ud83d')).to.equal(1);
    expect(findForbidden('\udc08\ud83d')).to.equal(0);
  });

  it('have names for messages', () => {
    expect([characterName('a\x01', 1), characterName('\uffff', 0), characterName('🐈', 0)]).to.deep.equal([
      'U+0001',
      'U+FFFF',
      'U+1F408',
    ]);
  });
});

describe('references', () => {
  const decode = (raw: string): { readonly text: string; readonly codes: readonly string[] } => {
    const report = new Report();
    const text = decodeReferences(raw, report, () => ({ start: 0, end: 0 }));
    return { text, codes: report.diagnostics.map(({ code }) => code) };
  };

  it('are decoded by name and number, with hexadecimal digits in either case', () => {
    expect(decode('&lt;&gt;&amp;&quot;&apos;&#9;&#x2f;&#x2F;&#0065;')).to.deep.equal({
      text: `<>&"'\t//A`,
      codes: [],
    });
  });

  it('are decoded once', () => {
    expect(decode('&amp;amp;amp;').text).to.equal('&amp;amp;');
  });

  for (const raw of [
    '&',
    '&&',
    '&lt',
    '&LT;',
    '&nbsp;',
    '&toString;',
    '&__proto__;',
    '&#1;',
    '&#X41;',
    '&#-1;',
  ]) {
    it(`do not include ${raw}`, () => {
      expect(new Set(decode(raw).codes)).to.deep.equal(new Set(['xml-reference']));
    });
  }
});

describe('escaping', () => {
  it('replaces all five special characters in text, as libvirt does', () => {
    expect(escapeText(`<a b="c" d='e'>&`)).to.equal('&lt;a b=&quot;c&quot; d=&apos;e&apos;&gt;&amp;');
  });

  it('replaces what looks like a reference in text', () => {
    expect(escapeText('&amp; &#65; &lt')).to.equal('&amp;amp; &amp;#65; &amp;lt');
  });

  it('preserves line breaks and tabs in text, but escapes carriage returns', () => {
    expect(escapeText('a\n\tb\r')).to.equal('a\n\tb&#13;');
  });

  it('escapes line breaks and tabs in attributes, which would be read as blanks', () => {
    expect(escapeAttribute('a\n\tb\r')).to.equal('a&#10;&#9;b&#13;');
  });
});
