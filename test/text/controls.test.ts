import { expect } from 'chai';
import { escapeControls, escapeLines, hasControls, quoted } from '../../lib/text/controls.js';

describe('control characters in messages', () => {
  it('are escaped, except for tabs', () => {
    expect(escapeControls('a\x1b[31mb\x07\tc\nd\x7f\x9be')).to.equal('a\\x1b[31mb\\x07\tc\\x0ad\\x7f\\x9be');
  });

  it('are escaped if they reorder or end a line', () => {
    expect(escapeControls('\u200e\u2028\u202e\u2069')).to.equal('\\u200e\\u2028\\u202e\\u2069');
  });

  it('leave other text unchanged', () => {
    expect(escapeControls('größe 🐈 \\x1b')).to.equal('größe 🐈 \\x1b');
  });

  it('are escaped in each line of a message of several lines', () => {
    expect(escapeLines('a\x1b\nb\r')).to.equal('a\\x1b\nb\\x0d');
  });

  it('are escaped in quotes', () => {
    expect(quoted('a"b\n\x9b')).to.equal('"a\\"b\\n\\x9b"');
  });

  it('are found', () => {
    for (const text of ['a\0', '\t', 'a\x7fb', '\n']) expect(hasControls(text)).to.equal(true);
    expect(hasControls('a b\x80ä')).to.equal(false);
  });
});
