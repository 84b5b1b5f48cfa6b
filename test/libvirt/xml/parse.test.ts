import { expect } from 'chai';
import { LineIndex } from '../../../lib/diagnostics/span.js';
import { Report } from '../../../lib/diagnostics/diagnostic.js';
import type { XmlElement } from '../../../lib/libvirt/xml/element.js';
import { parseXml } from '../../../lib/libvirt/xml/parse.js';
import { findings } from '../../diagnostics/findings.js';

/** The root of a valid document. */
function parse(source: string): XmlElement {
  const report = new Report();
  const root = parseXml(source, report);
  expect(findings(source, report.diagnostics)).to.deep.equal([]);
  if (!root) throw new Error('there is no root');
  return root;
}

/** The errors of a document that is not parsed, as `line:column code: source text`. */
function refuse(source: string): readonly string[] {
  const report = new Report();
  expect(parseXml(source, report)).to.equal(undefined);
  const lines = new LineIndex(source);
  return report.diagnostics.map(({ code, span }) => {
    if (!span) return code;
    const { line, column } = lines.position(span.start);
    return `${line}:${column} ${code}: ${source.slice(span.start, span.end)}`;
  });
}

/** The same without the source text. */
const refusedAt = (source: string): readonly string[] =>
  refuse(source).map((finding) => finding.replace(/:[^:]*$/, ''));

const namesOf = (element: XmlElement): readonly string[] => element.children.map(({ name }) => name);

describe('an XML document', () => {
  it('has no attributes after the end of a tag, whatever text follows', () => {
    const root = parse(`<a><b/>="1"<c />="2"<d x='1' />y="3"<e ></e></a>`);
    expect(root.children.map(({ name, attributes }) => [name, attributes])).to.deep.equal([
      ['b', []],
      ['c', []],
      ['d', [['x', '1']]],
      ['e', []],
    ]);
    expect(root.rawText()).to.equal('="1"="2"y="3"');
  });

  it('is parsed to a tree of elements with attributes and text', () => {
    const root = parse(`<a x='1' y="2"><b>text</b><c/><b/></a>`);
    expect(root.name).to.equal('a');
    expect(root.attributes).to.deep.equal([
      ['x', '1'],
      ['y', '2'],
    ]);
    expect(namesOf(root)).to.deep.equal(['b', 'c', 'b']);
    expect(root.child('b')?.text()).to.equal('text');
    expect(root.child('nothing')).to.equal(undefined);
  });

  it('can have a declaration, comments and processing instructions around its root', () => {
    const root = parse(
      `<?xml version="1.0" encoding='UTF-8'?>\n<!-- one -->\n<?pi two?>\n<a/>\n<!-- three -->\n<?pi?>\n`,
    );
    expect(root.name).to.equal('a');
  });

  it('can begin with a byte order mark, which counts in spans', () => {
    const source = `\ufeff<a x='1'/>`;
    const root = parse(source);
    expect(root.span).to.deep.equal({ start: 1, end: source.length });
    const { start, end } = root.attributeSpan('x');
    expect([start, end]).to.deep.equal([4, 9]);
  });

  it('can be nested a hundred levels deep', () => {
    expect(parse('<a>'.repeat(100) + '</a>'.repeat(100)).name).to.equal('a');
  });

  it('keeps elements of the same name separate and in order', () => {
    const root = parse('<a><b>1</b><c/><b>2</b></a>');
    expect(root.all('b').map((b) => b.text())).to.deep.equal(['1', '2']);
  });

  describe('text', () => {
    it('preserves blanks, and is trimmed on request', () => {
      const root = parse('<a> \n x  y\t</a>');
      expect(root.rawText()).to.equal(' \n x  y\t');
      expect(root.text()).to.equal('x  y');
    });

    it('decodes references by name and by number', () => {
      expect(parse('<a>&lt;&gt;&amp;&apos;&quot; &#65;&#x41;&#x1F408;&#10;</a>').rawText()).to.equal(
        `<>&'" AA🐈\n`,
      );
    });

    it('is decoded once, whatever the result looks like', () => {
      expect(parse('<a>&amp;lt; &#38;amp;</a>').text()).to.equal('&lt; &amp;');
    });

    it('includes CDATA unchanged', () => {
      expect(parse('<a>x<![CDATA[<b>&amp;]]]>y<![CDATA[]]></a>').text()).to.equal('x<b>&amp;]y');
    });

    it('continues after a comment or a processing instruction', () => {
      expect(parse('<a>x<!-- no -->y<?pi no?>z</a>').text()).to.equal('xyz');
    });

    it('that looks like a number is not changed', () => {
      expect(parse('<a>007</a>').text()).to.equal('007');
      expect(parse('<a x="1e3"/>').attribute('x')).to.equal('1e3');
    });

    it('can contain a lone >', () => {
      expect(parse('<a>1 > 0</a>').text()).to.equal('1 > 0');
    });

    it('has line ends of one character, however the document writes them', () => {
      expect(parse('<a>x\r\ny\rz</a>').rawText()).to.equal('x\ny\nz');
    });

    it('preserves a carriage return that is written as a reference', () => {
      expect(parse('<a>x&#13;\ny</a>').rawText()).to.equal('x\r\ny');
    });
  });

  describe('attributes', () => {
    it('can have either kind of quotes and contain the other kind', () => {
      const root = parse(`<a x='say "hi"' y="it's"/>`);
      expect([root.attribute('x'), root.attribute('y')]).to.deep.equal(['say "hi"', "it's"]);
    });

    it('decode references, and can contain >', () => {
      expect(parse(`<a x='&lt;&#x41;>&amp;amp;'/>`).attribute('x')).to.equal('<A>&amp;');
    });

    it('convert tabs and line breaks to blanks, one for CR LF, but not references to them', () => {
      expect(parse(`<a x='1\t2\n3\r\n4&#10;5&#9;6'/>`).attribute('x')).to.equal('1 2 3 4\n5\t6');
    });

    it('can be empty, and can have blanks around the equals sign', () => {
      const root = parse(`<a x='' y = "1"\n z\t=\n'2'/>`);
      expect(root.attributes).to.deep.equal([
        ['x', ''],
        ['y', '1'],
        ['z', '2'],
      ]);
    });

    it('preserve leading and trailing blanks', () => {
      expect(parse(`<a x=' 1 '/>`).attribute('x')).to.equal(' 1 ');
    });
  });

  describe('names', () => {
    for (const name of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'valueOf']) {
      it(`can be ${name}, for elements and attributes`, () => {
        const source = `<a><${name} ${name}='1'>text</${name}><${name}/><b ${name}="2"/></a>`;
        const root = parse(source);
        expect(namesOf(root)).to.deep.equal([name, name, 'b']);
        const [first] = root.all(name);
        expect(first?.attributes).to.deep.equal([[name, '1']]);
        expect(first?.text()).to.equal('text');
        expect(root.child('b')?.attributes).to.deep.equal([[name, '2']]);
        expect(root.child('b')?.source).to.equal(`<b ${name}="2"/>`);
      });
    }

    it('can have a prefix', () => {
      const root = parse(`<a xmlns:p='urn:p'><p:b p:c='1'/></a>`);
      expect(namesOf(root)).to.deep.equal(['p:b']);
      expect(root.child('p:b')?.attribute('p:c')).to.equal('1');
      expect(root.child('p:b')?.namespaceOf('p')).to.equal('urn:p');
    });

    it('can be non-ASCII', () => {
      expect(parse(`<größe straße='1'/>`).attribute('straße')).to.equal('1');
    });
  });

  describe('processing instructions', () => {
    it('can contain any number of quotes', () => {
      const source = `<a><?pi it's "?><b x='1'/><?pi '?></a>`;
      const root = parse(source);
      expect(namesOf(root)).to.deep.equal(['b']);
      expect(root.child('b')?.source).to.equal(`<b x='1'/>`);
    });

    it('can be as short as possible', () => {
      expect(namesOf(parse(`<a><?p?><?p "?><?p '?><b/></a>`))).to.deep.equal(['b']);
    });

    it('can look like elements', () => {
      expect(namesOf(parse(`<a><?pi <b> </c> ?><d/></a>`))).to.deep.equal(['d']);
    });
  });

  describe('comments', () => {
    it('can contain quotes and what looks like elements', () => {
      expect(namesOf(parse(`<a><!-- it's <b> "&x; --><c/></a>`))).to.deep.equal(['c']);
    });

    it('can be empty', () => {
      expect(namesOf(parse(`<a><!----><b/></a>`))).to.deep.equal(['b']);
    });
  });
});

describe('an XML document is rejected', () => {
  it('if it is empty or blank', () => {
    expect(refuse('')).to.deep.equal(['1:1 xml-syntax: ']);
    expect(refuse(' \n')).to.deep.equal(['1:1 xml-syntax: ']);
    expect(refuse('\ufeff')).to.deep.equal(['1:2 xml-syntax: ']);
  });

  it('if it has no element', () => {
    expect(refusedAt('<!-- only -->')).to.deep.equal(['1:1 xml-syntax']);
    expect(refusedAt('only text')).to.deep.equal(['1:1 xml-syntax']);
  });

  it('with a DOCTYPE, which could define entities', () => {
    expect(refuse(`<?xml version='1.0'?>\n<!DOCTYPE a [<!ENTITY x "y">]>\n<a>&x;</a>`)).to.deep.equal([
      '2:1 xml-doctype: <!DOCTYPE',
    ]);
  });

  it('with an element that is not closed, or closed by another name', () => {
    expect(refusedAt('<a>\n <b>\n</a>')).to.deep.equal(['3:1 xml-syntax']);
    expect(refusedAt('<a>\n <b></c>\n</a>')).to.deep.equal(['2:5 xml-syntax']);
    expect(refusedAt('<a>')).to.deep.equal(['1:1 xml-syntax']);
    expect(refusedAt('<a/></b>')).to.deep.equal(['1:5 xml-syntax']);
  });

  it('with elements that overlap', () => {
    expect(refusedAt('<a><b><c></b></c></a>')).to.deep.equal(['1:10 xml-syntax']);
  });

  it('with an attribute given twice', () => {
    expect(refuse(`<a>\n <b x='1' x='2'/></a>`)[0]).to.match(/^2:(?:11|5) xml-syntax/);
  });

  it('with an attribute without quotes, or without a value', () => {
    expect(refuse('<a x=1/>')).to.have.length(1);
    expect(refuse('<a x/>')).to.have.length(1);
    expect(refuse(`<a x='1/>`)).to.have.length(1);
  });

  it('with attributes that are not separated by blanks', () => {
    expect(refuse(`<a x='1'y='2'/>`)).to.have.length(1);
  });

  it('with a second root', () => {
    expect(refuse('<a/>\n<b/>')).to.deep.equal(['2:1 xml-syntax: <']);
  });

  it('with text before or after the root', () => {
    expect(refuse('x<a/>')).to.deep.equal(['1:1 xml-syntax: x']);
    expect(refuse('<a/>\n y')).to.deep.equal(['2:2 xml-syntax: y']);
    expect(refuse('<a/>&amp;')).to.deep.equal(['1:5 xml-syntax: &']);
  });

  it('with CDATA outside the root', () => {
    expect(refusedAt('<a/><![CDATA[]]>')).to.deep.equal(['1:5 xml-syntax']);
  });

  it('with an entity that XML does not define, in texts and in attributes', () => {
    expect(refuse('<a>\n <b>x &nbsp; y</b></a>')).to.deep.equal(['2:7 xml-reference: &nbsp;']);
    expect(refuse(`<a>\n <b x='&nbsp;'/></a>`)).to.deep.equal([`2:5 xml-reference: x='&nbsp;'`]);
  });

  it('with a bare &', () => {
    expect(refuse('<a>x & y</a>')).to.deep.equal(['1:6 xml-syntax: &']);
    expect(refuse('<a>&lt</a>')).to.deep.equal(['1:4 xml-syntax: &']);
    expect(refuse('<a>&;</a>')).to.deep.equal(['1:4 xml-syntax: &']);
    expect(refuse(`<a x='b & c'/>`)).to.deep.equal([`1:4 xml-reference: x='b & c'`]);
  });

  it('with a reference to a character that XML forbids', () => {
    for (const reference of ['&#0;', '&#x1F;', '&#xD800;', '&#xFFFE;', '&#x110000;', '&#x;']) {
      expect(refuse(`<a>${reference}</a>`)).to.deep.equal([`1:4 xml-reference: ${reference}`]);
    }
  });

  it('at every occurrence of the same invalid reference', () => {
    expect(refuse('<a>&x;<b/>&x; &x;</a>')).to.deep.equal([
      '1:4 xml-reference: &x;',
      '1:11 xml-reference: &x;',
      '1:15 xml-reference: &x;',
    ]);
  });

  it('at the invalid reference, not at the same text in an earlier comment or CDATA', () => {
    expect(refuse('<a><!-- &x; -->&x;</a>')).to.deep.equal(['1:16 xml-reference: &x;']);
    expect(refuse('<a><![CDATA[&x;]]>&x;</a>')).to.deep.equal(['1:19 xml-reference: &x;']);
  });

  it('with a < in an attribute', () => {
    expect(refuse(`<a>\n<b x='1' y='a<b'/></a>`)).to.deep.equal([`2:10 xml-syntax: y='a<b'`]);
  });

  it(`with ']]>' in a text`, () => {
    expect(refusedAt(`<a>x]]>y</a>`)).to.deep.equal(['1:1 xml-syntax']);
  });

  it('with a character that XML forbids, at any position', () => {
    for (const character of ['\0', '\x01', '\x0b', '\x1f', '\ufffe', '\uffff']) {
      expect(refuse(`<a>\n x${character}</a>`)).to.deep.equal([`2:3 xml-character: ${character}`]);
    }
    expect(refuse(`<a x='\x08'/>`)).to.deep.equal(['1:7 xml-character: \x08']);
    expect(refuse(`<a><!-- \x08 --></a>`)).to.deep.equal(['1:9 xml-character: \x08']);
  });

  it('with an unpaired surrogate', () => {
    expect(refuse('<a>\ud83d</a>')).to.deep.equal(['1:4 xml-character: \ud83d']);
    expect(refuse('<a>\udc08</a>')).to.deep.equal(['1:4 xml-character: \udc08']);
  });

  it('with a comment, CDATA or processing instruction that is not closed', () => {
    expect(refuse('<a>\n <!-- x </a>')).to.deep.equal(['2:2 xml-syntax: <!--']);
    expect(refuse('<a>\n <![CDATA[ x </a>')).to.deep.equal(['2:2 xml-syntax: <![CDATA[']);
    expect(refuse('<a>\n <?pi x </a>')).to.deep.equal(['2:2 xml-syntax: <?']);
    expect(refuse('<a><!--></a>')).to.deep.equal(['1:4 xml-syntax: <!--']);
  });

  it('with a processing instruction that has a quote in its name', () => {
    expect(refuse(`<a><?p'?></a>`)).to.have.length(1);
  });

  it(`with '--' inside a comment`, () => {
    expect(refuse('<a><!-- x -- y --></a>')).to.deep.equal(['1:11 xml-syntax: --']);
    expect(refuse('<a>\n<!-- x ---></a>')).to.deep.equal(['2:8 xml-syntax: --']);
  });

  it('with a declaration other than a DOCTYPE', () => {
    expect(refuse('<a><!ELEMENT b ANY></a>')).to.deep.equal(['1:4 xml-syntax: <!']);
  });

  it('with an XML declaration that is not at the beginning', () => {
    expect(refusedAt(` <?xml version='1.0'?><a/>`)).to.deep.equal(['1:2 xml-syntax']);
    expect(refusedAt(`<a><?xml version='1.0'?></a>`)).to.deep.equal(['1:4 xml-syntax']);
  });

  it('if it is nested more than a hundred levels deep', () => {
    expect(refuse('<a>\n'.repeat(101) + '</a>'.repeat(101))).to.deep.equal(['101:1 xml-nesting: <']);
  });

  it('if it is nested very deep, without a stack overflow', () => {
    expect(refuse('<a>'.repeat(50_000) + '</a>'.repeat(50_000))).to.deep.equal(['1:301 xml-nesting: <']);
  });

  it('with invalid names of elements or attributes', () => {
    for (const source of ['<1a/>', '<a 1x="1"/>', '<-a/>', '<a><></></a>', '< a/>']) {
      expect(refuse(source), source).to.have.length(1);
    }
  });

  it('with attributes in an end tag', () => {
    expect(refuse(`<a></a x='1'>`)).to.have.length(1);
  });
});
