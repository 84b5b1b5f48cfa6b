import { expect } from 'chai';
import { Report } from '../../../lib/diagnostics/diagnostic.js';
import { parseXml } from '../../../lib/libvirt/xml/parse.js';
import { printXml } from '../../../lib/libvirt/xml/print.js';
import { element, textElement } from '../../../lib/libvirt/xml/tree.js';

const print = (tree: ReturnType<typeof textElement>): string =>
  tree ? printXml(tree, false, () => undefined) : '';

/** A text and an attribute after printing and parsing. */
function comeBack(value: string): readonly (string | undefined)[] {
  const source = print(textElement('a', value, { x: value }));
  const report = new Report();
  const root = parseXml(source, report);
  expect(report.diagnostics).to.deep.equal([]);
  return [root?.rawText(), root?.attribute('x')];
}

describe('printed XML', () => {
  it('names the elements with a character that XML forbids, whoever prints them', () => {
    const tree = element('domain', { type: 'xen' }, [
      textElement('name', 'a\0'),
      textElement('title', 'a\n&'),
      element('devices', {}, [element('disk', { a: 'plain', b: '\ud800' })]),
    ]);
    for (const isForeign of [false, true]) {
      const names: string[] = [];
      printXml(tree, isForeign, ({ name }) => names.push(name));
      expect(names).to.deep.equal(['name', 'disk']);
    }
  });

  it('has two blanks per level, single quotes, and short empty elements', () => {
    const tree = element('domain', { type: 'xen', id: 5 }, [
      textElement('name', 'guest'),
      element('devices', {}, [element('disk', { type: 'file' }, [element('readonly')])]),
      element('features'),
    ]);
    expect(print(tree)).to.equal(`<domain type='xen' id='5'>
  <name>guest</name>
  <devices>
    <disk type='file'>
      <readonly/>
    </disk>
  </devices>
  <features/>
</domain>
`);
  });

  it('omits absent values', () => {
    expect(print(element('a', { x: undefined, y: 1 }, [undefined, textElement('b', undefined)]))).to.equal(
      `<a y='1'/>\n`,
    );
  });

  it('escapes texts and attributes', () => {
    expect(print(textElement('a', `<>&'"`, { x: `<>&'"\n\t` }))).to.equal(
      `<a x='&lt;&gt;&amp;&apos;&quot;&#10;&#9;'>&lt;&gt;&amp;&apos;&quot;</a>\n`,
    );
  });

  it('writes an empty text with both tags, as libvirt does', () => {
    expect(print(textElement('a', ''))).to.equal('<a></a>\n');
  });

  for (const value of [
    'plain',
    '&amp;',
    '&amp;amp; &lt; &nbsp; &#65; &#x41;',
    `<![CDATA[x]]>`,
    ']]>',
    '<!-- x -->',
    `"double" and 'single'`,
    ' blanks ',
    'a\tb\nc\rd\r\ne',
    'größe 🐈',
    '\x7f\x85\u2028',
  ]) {
    it(`is parsed to the same value: ${JSON.stringify(value)}`, () => {
      expect(comeBack(value)).to.deep.equal([value, value]);
    });
  }
});
