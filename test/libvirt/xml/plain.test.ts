import { expect } from 'chai';
import { XMLValidator } from 'fast-xml-parser';
import fc from 'fast-check';
import { checkMarkup, findOutside } from '../../../lib/libvirt/xml/markup.js';
import { isPlainlyWellFormed } from '../../../lib/libvirt/xml/plain.js';
import { holds } from '../../properties/property.js';

const isPlain = (text: string): boolean => isPlainlyWellFormed(text, 100);

/** What the thorough checks report: nothing for a document that the fast path accepts. */
function problemsOf(text: string): readonly unknown[] {
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- what the library uses
  const validation = XMLValidator.validate(text);
  const isTwice = validation !== true && validation.err.msg.includes('repeated');
  const outside = findOutside(
    text,
    text.search(/<[^!]/),
    text.lastIndexOf('>', text.search(/(<!--[^]*-->|\s)*$/)) + 1,
  );
  return [
    ...('problem' in checkMarkup(text) ? ['markup'] : []),
    ...(validation === true || isTwice ? [] : [validation.err.msg]),
    ...(outside === undefined ? [] : ['outside']),
  ];
}

describe('a document that can be parsed by the fast path', () => {
  for (const text of [
    '<a/>',
    "<a b='c' d=\"e'f\"/>",
    '<a>text &amp; more</a>',
    '<a:b xmlns:a="u"><c></c ><d\n  e="1"\t/></a:b>\n',
    '\n<!-- before --><a><!-- in - side --></a><!-- after -->\n',
    `<a${" b='1'".repeat(40)}/>`,
  ]) {
    it(`is ${JSON.stringify(text).slice(0, 60)}`, () => {
      expect(isPlain(text)).to.equal(true);
    });
  }

  for (const text of [
    '',
    'text',
    '<a>',
    '</a>',
    '<a></b>',
    '<a><b></a></b>',
    '<a/><b/>',
    '<a/>text',
    'text<a/>',
    '<a b=c/>',
    "<a b='<'/>",
    "<a b='c'd='e'/>",
    '<a b/>',
    '<1/>',
    '<ä/>',
    '<a>&nope;</a>',
    '<a>& </a>',
    '<a>&#65;</a>',
    '<?xml version="1.0"?><a/>',
    '<!DOCTYPE a><a/>',
    '<a><![CDATA[x]]></a>',
    '<a><!-- a -- b --></a>',
    '<a><!-- </a>',
    '<a\u00a0b="1"/>',
    '<a/>\u00a0',
    `<a${" b='1'".repeat(41)}/>`,
    `${'<a>'.repeat(101)}${'</a>'.repeat(101)}`,
  ]) {
    it(`is not ${JSON.stringify(text).slice(0, 60)}`, () => {
      expect(isPlain(text)).to.equal(false);
    });
  }

  it('contains nothing that the thorough checks report', () => {
    const piece = fc.constantFrom(
      ...[
        '<a>',
        '</a>',
        '<b>',
        '</b>',
        '<a/>',
        "<b c='d'>",
        '<a b="c" b="d"/>',
        "<a b='c'",
        '/>',
        '>',
        '<',
        '</',
      ],
      ...[
        '<!--',
        '-->',
        '--',
        '-',
        ' ',
        '\n',
        'text',
        '&',
        '&amp;',
        ']]>',
        '"',
        "'",
        '=',
        '<?a?>',
        '<![CDATA[',
      ],
    );
    let plain = 0;
    holds(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        for (const text of [pieces.join(''), `<a>${pieces.join('')}</a>`]) {
          if (!isPlain(text)) continue;
          plain += 1;
          expect(problemsOf(text), text).to.deep.equal([]);
        }
      }),
    );
    expect(plain).to.be.greaterThan(0);
  });
});
