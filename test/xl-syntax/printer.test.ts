import { expect } from 'chai';
import { printValue, type PrintProblem, type XlSource } from '../../lib/xl-syntax/printer.js';
import { parseSettings, printSettings } from '../../lib/xl-syntax/text.js';

function print(value: XlSource): { readonly text: string; readonly problems: readonly string[] } {
  const problems: PrintProblem[] = [];
  const text = printValue(value, (problem) => problems.push(problem));
  return { text, problems: problems.map(({ kind }) => kind) };
}

describe('a printed value', () => {
  it('is a plain number for a number', () => {
    expect(print(512)).to.deep.equal({ text: '512', problems: [] });
  });

  it('is a string in quotes for a text', () => {
    expect(print('a b')).to.deep.equal({ text: '"a b"', problems: [] });
  });

  it('is a list with blanks inside the brackets, as libvirt prints it', () => {
    expect(print(['a', 5, ['b']])).to.deep.equal({ text: '[ "a", 5, [ "b" ] ]', problems: [] });
  });

  it('is reported for each text that requires escapes', () => {
    expect(print(['a\\', 'b', 'c\n'])).to.deep.equal({
      text: String.raw`[ "a\\", "b", "c\n" ]`,
      problems: ['escaped', 'escaped'],
    });
  });

  it('is reported for a text that cannot be written', () => {
    expect(print('\0').problems).to.deep.equal(['impossible']);
  });
});

describe('preserved settings as text', () => {
  it('are one setting per line, with numbers as numbers', () => {
    expect(
      printSettings([
        { key: 'pci', value: ['01:00.0', '02:00.0,permissive=1'] },
        { key: 'cpu_weight', value: '256' },
        { key: 'p9', value: [] },
      ]),
    ).to.equal('pci = [ "01:00.0", "02:00.0,permissive=1" ]\ncpu_weight = 256\np9 = [  ]');
  });

  it('keep quotes around texts that only look like numbers', () => {
    const settings = ['007', '0x10', '-1', '', '1e3', '99999999999999999999'].map((value, i) => ({
      key: `k${i}`,
      value,
    }));
    expect(parseSettings(printSettings(settings))).to.deep.equal({ settings, problems: [] });
  });

  it('are parsed to the same settings', () => {
    const settings = [
      { key: 'a', value: `"both' and \\ and \n` },
      { key: 'b', value: ['x', ['y', ['z']], []] },
    ];
    expect(parseSettings(printSettings(settings))).to.deep.equal({ settings, problems: [] });
  });

  it('that are invalid are reported', () => {
    expect(parseSettings('a = b').problems).to.deep.equal(["the value 'b' requires quotes"]);
  });
});
