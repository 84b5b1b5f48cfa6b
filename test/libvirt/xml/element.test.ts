import { expect } from 'chai';
import { Report } from '../../../lib/diagnostics/diagnostic.js';
import type { Span } from '../../../lib/diagnostics/span.js';
import type { XmlElement } from '../../../lib/libvirt/xml/element.js';
import { parseXml } from '../../../lib/libvirt/xml/parse.js';

function parse(source: string): XmlElement {
  const root = parseXml(source, new Report());
  if (!root) throw new Error('there is no root');
  return root;
}

/** The element at a path of names. */
const find = (source: string, ...names: readonly string[]): XmlElement =>
  names.reduce((element, name) => {
    const child = element.child(name);
    if (!child) throw new Error(`there is no ${name}`);
    return child;
  }, parse(source));

describe('the span of an element', () => {
  const at = (source: string, { start, end }: Span): string => source.slice(start, end);

  it('covers the whole element', () => {
    const source = `<a>\n <b x='1'>text<c/></b>\n</a>`;
    const b = find(source, 'b');
    expect(b.source).to.equal(`<b x='1'>text<c/></b>`);
    expect(at(source, b.span)).to.equal(b.source);
  });

  it('in short form covers its start tag', () => {
    const source = `<a><b x='>' y=">"  >text</b><c /></a>`;
    expect(at(source, find(source, 'b').tagSpan)).to.equal(`<b x='>' y=">"  >`);
    expect(at(source, find(source, 'c').tagSpan)).to.equal('<c />');
  });

  it('of an attribute covers its name and value', () => {
    const source = `<a><b x='1' xy="2"\n\tz =\n 'x="3"'/></a>`;
    const b = find(source, 'b');
    expect(at(source, b.attributeSpan('x'))).to.equal(`x='1'`);
    expect(at(source, b.attributeSpan('xy'))).to.equal(`xy="2"`);
    expect(at(source, b.attributeSpan('z'))).to.equal(`z =\n 'x="3"'`);
  });

  it('of an attribute whose name occurs in another value is correct', () => {
    const source = `<a y=" x='1' " x='2'/>`;
    expect(at(source, parse(source).attributeSpan('x'))).to.equal(`x='2'`);
  });

  it('of a missing attribute is the start tag', () => {
    const source = `<a x='1'></a>`;
    expect(at(source, parse(source).attributeSpan('y'))).to.equal(`<a x='1'>`);
  });

  it('of its text excludes surrounding blanks', () => {
    const source = `<a>\n <b>\n  some text \n</b></a>`;
    expect(at(source, find(source, 'b').textSpan)).to.equal('some text');
  });

  it('of its text counts references as written', () => {
    const source = `<a>&lt;x&gt;</a>`;
    expect(at(source, parse(source).textSpan)).to.equal('&lt;x&gt;');
  });

  it('of its text is the start tag if there is no text', () => {
    for (const source of ['<a/>', '<a></a>', '<a> </a>', '<a  x="1" />']) {
      const root = parse(source);
      const [text, tag] = [root.textSpan, root.tagSpan];
      expect([text.start, text.end], source).to.deep.equal([tag.start, tag.end]);
    }
  });

  it('is correct after CR LF line ends', () => {
    const source = `<a>\r\n <b\r\n  x='1'>\r\n  text\r\n </b>\r\n <c y="2"/>\r\n</a>\r\n`;
    const b = find(source, 'b');
    expect(at(source, b.tagSpan)).to.equal(`<b\r\n  x='1'>`);
    expect(at(source, b.attributeSpan('x'))).to.equal(`x='1'`);
    expect(at(source, b.textSpan)).to.equal('text');
    expect(find(source, 'c').source).to.equal('<c y="2"/>');
  });

  it('is correct after surrogate pairs', () => {
    const source = `<!-- 🐈🐈 --><a t='🐈'>🐈<b x='🐈'>🐈!</b></a>`;
    const b = find(source, 'b');
    expect(at(source, b.attributeSpan('x'))).to.equal(`x='🐈'`);
    expect(at(source, b.textSpan)).to.equal('🐈!');
    expect(b.source).to.equal(`<b x='🐈'>🐈!</b>`);
  });

  it('is correct after a processing instruction with quotes, a comment and CDATA', () => {
    const source = `<a><?pi it's?><!-- "<b>" --><![CDATA[<b>]]><b x='1'/></a>`;
    expect(find(source, 'b').source).to.equal(`<b x='1'/>`);
  });

  it('is correct for an end tag with blanks', () => {
    const source = `<a><b>x</b \n></a >`;
    expect(find(source, 'b').source).to.equal(`<b>x</b \n>`);
    expect(parse(source).source).to.equal(source);
  });
});

describe('what is not read of an element', () => {
  it('includes every attribute that no reader has read', () => {
    const root = parse(`<a x='1' y='2' z='3'/>`);
    root.attribute('y');
    expect(root.unreadAttributes.map(([name]) => name)).to.deep.equal(['x', 'z']);
  });

  it('includes every child that no reader has read, also the second of the same name', () => {
    const root = parse(`<a><b/><b/><c/></a>`);
    root.child('b');
    expect(root.children.map(({ isRead }) => isRead)).to.deep.equal([true, false, false]);
  });

  it('includes its text, but not blanks', () => {
    expect(parse('<a> x </a>').hasUnreadText).to.equal(true);
    expect(parse('<a> \n </a>').hasUnreadText).to.equal(false);
    const root = parse('<a>x</a>');
    root.text();
    expect(root.hasUnreadText).to.equal(false);
  });

  it('is empty once the element is marked as read as a whole', () => {
    const root = parse(`<a x='1'>text<b y='2'><c/></b></a>`);
    root.markAllRead();
    const [b] = root.children;
    expect([root.unreadAttributes, root.hasUnreadText, b?.unreadAttributes]).to.deep.equal([[], false, []]);
    expect([b?.isRead, b?.children[0]?.isRead]).to.deep.equal([true, true]);
  });
});

describe('the namespace of a prefix', () => {
  it('is that of the nearest enclosing declaration', () => {
    const c = find(`<a xmlns='urn:0' xmlns:p='urn:1'><b xmlns:p='urn:2'><c/></b></a>`, 'b', 'c');
    expect([c.namespaceOf(''), c.namespaceOf('p'), c.namespaceOf('q')]).to.deep.equal([
      'urn:0',
      'urn:2',
      undefined,
    ]);
  });
});
