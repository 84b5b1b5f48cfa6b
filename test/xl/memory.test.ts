import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import { pvXml } from '../libvirt/domains.js';
import { pvConfig, read, readClean, settingsOf } from './guests.js';

const config = (...lines: readonly string[]): string =>
  ['name = "guest"', 'kernel = "/k"', ...lines, ''].join('\n');
const kiB = 1024;

describe('memory', () => {
  for (const [lines, maximum, current] of [
    [['memory = 64'], 64, 64],
    [['memory = 64', 'maxmem = 128'], 128, 64],
    [['maxmem = 128'], 128, 128],
    [['memory = "0x40"'], 64, 64],
    [[], 32, 32],
  ] as const) {
    it(`is ${current} of ${maximum} MiB with ${lines.length === 0 ? 'no setting' : lines.join(' and ')} in an xl.cfg`, () => {
      expect(readClean(config(...lines)).memory).to.deep.equal({
        maximumKiB: maximum * kiB,
        currentKiB: current * kiB,
      });
    });
  }

  it('has a default in an xl.cfg, which is reported', () => {
    const { diagnostics } = convert(config());
    expect(diagnostics.map(({ code }) => code)).to.deep.equal(['value-default']);
  });

  it('is rejected in an xl.cfg if no domain can have it', () => {
    for (const size of ['0', '"-5"', '99999999999999']) {
      expect(read(config(`memory = ${size}`)).found, size).to.deep.equal([`value-invalid: ${size}`]);
    }
  });

  for (const [xml, maxmem, memory] of [
    ['<memory>65536</memory>', 64, 64],
    [`<memory unit='KiB'>65537</memory>`, 65, 65],
    [`<memory unit='MiB'>64</memory><currentMemory unit='MiB'>32</currentMemory>`, 64, 32],
    [`<memory unit='M'>64</memory>`, 64, 64],
    [`<memory unit='MB'>64</memory>`, 62, 62],
    [`<memory unit='GiB'>2</memory>`, 2048, 2048],
    [`<memory unit='T'>1</memory>`, 1_048_576, 1_048_576],
    [`<memory unit='b'>67108864</memory>`, 64, 64],
    [`<memory unit='bytes'>67108865</memory>`, 65, 65],
    [`<memory unit='MiB'>64</memory><currentMemory>0</currentMemory>`, 64, 64],
  ] as const) {
    it(`is ${memory} of ${maxmem} MiB with ${xml}`, () => {
      const { settings, found } = settingsOf(pvXml().replace(/<memory[^]*<\/memory>/, xml));
      expect([settings['maxmem'], settings['memory'], found]).to.deep.equal([
        String(maxmem),
        String(memory),
        [],
      ]);
    });
  }

  it('at the start is reduced to the maximum, which is reported', () => {
    const { settings, found } = settingsOf(pvXml('', '<currentMemory>999999</currentMemory>'));
    expect([settings['memory'], found]).to.deep.equal(['64', ['value-adjusted: 999999']]);
    const config = read(pvConfig('maxmem = 32'));
    expect(config.domain.memory).to.deep.equal({ maximumKiB: 32 * kiB, currentKiB: 32 * kiB });
    expect(config.found).to.have.length(1);
  });

  for (const [xml, place] of [
    ['<memory>x</memory>', 'x'],
    ['<memory>-1</memory>', '-1'],
    ['<memory>1.5</memory>', '1.5'],
    [`<memory unit='XiB'>1</memory>`, `unit='XiB'`],
    [`<memory unit='EiB'>1000000</memory>`, '1000000'],
    ['<memory/>', '<memory/>'],
    ['<memory>0</memory>', '0'],
  ] as const) {
    it(`is rejected with ${xml}`, () => {
      expect(settingsOf(pvXml().replace(/<memory[^]*<\/memory>/, xml)).found).to.deep.equal([
        `value-invalid: ${place}`,
      ]);
    });
  }
});
