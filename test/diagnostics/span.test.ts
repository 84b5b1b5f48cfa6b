import { expect } from 'chai';
import { LineIndex } from '../../lib/diagnostics/span.js';

describe('lines and columns', () => {
  const positions = (text: string): readonly string[] => {
    const index = new LineIndex(text);
    return Array.from({ length: text.length + 1 }, (_, offset) => {
      const { line, column } = index.position(offset);
      return `${line}:${column}`;
    });
  };

  it('count from 1', () => {
    expect(positions('')).to.deep.equal(['1:1']);
    expect(positions('ab')).to.deep.equal(['1:1', '1:2', '1:3']);
  });

  it('restart after each line end', () => {
    expect(positions('a\nb\n\nc')).to.deep.equal(['1:1', '1:2', '2:1', '2:2', '3:1', '4:1', '4:2']);
  });

  it('treat CR LF as one line end, and a lone CR as one', () => {
    expect(positions('a\r\nb\rc')).to.deep.equal(['1:1', '1:2', '1:3', '2:1', '2:2', '3:1', '3:2']);
  });

  it('include the position after the last line end', () => {
    expect(new LineIndex('a\n').position(2)).to.deep.equal({ line: 2, column: 1 });
  });

  it('count characters, not code units', () => {
    expect(new LineIndex('🐈🐈x').position(4)).to.deep.equal({ line: 1, column: 3 });
    expect(new LineIndex('größe').position(5)).to.deep.equal({ line: 1, column: 6 });
  });

  it('return the bounds of a line without its line end', () => {
    const index = new LineIndex('one\r\ntwo\n\nfour');
    expect([0, 5, 9, 10].map((offset) => index.line(offset))).to.deep.equal([
      { start: 0, end: 3 },
      { start: 5, end: 8 },
      { start: 9, end: 9 },
      { start: 10, end: 14 },
    ]);
  });
});
