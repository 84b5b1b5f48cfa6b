import { expect } from 'chai';
import type { Domain } from '../../lib/model/domain.js';
import { hvmXml } from '../libvirt/domains.js';
import { hvmConfig, pvConfig, read, readClean, settingsOf } from './guests.js';

describe('the clock', () => {
  const clock = (source: string): Domain['clock'] => readClean(source).clock;

  it('is UTC or local time', () => {
    expect(clock(pvConfig())).to.deep.equal({ basis: 'utc', offsetSeconds: 0 });
    expect(clock(pvConfig('localtime = 1'))).to.deep.equal({ basis: 'localtime', offsetSeconds: 0 });
  });

  it('of an HVM guest has an offset, which can be negative', () => {
    expect(clock(hvmConfig('rtc_timeoffset = "-3600"')).offsetSeconds).to.equal(-3600);
    const { settings } = settingsOf(
      hvmXml('', `<clock offset='variable' adjustment='-3600' basis='localtime'/>`),
    );
    expect(settings).to.include({ rtc_timeoffset: '"-3600"', localtime: '1' });
  });

  it('has modes of its time stamp counter, by name or by number', () => {
    for (const [mode, tscMode] of [
      ['"native"', 'native'],
      ['"native_paravirt"', 'native_paravirt'],
      ['"always_emulate"', 'always_emulate'],
      ['"default"', 'default'],
      ['0', 'default'],
      ['1', 'always_emulate'],
      ['2', 'native'],
      ['3', 'native_paravirt'],
    ] as const) {
      expect(clock(pvConfig(`tsc_mode = ${mode}`)).tscMode, mode).to.equal(tscMode);
    }
    expect(read(pvConfig('tsc_mode = "bogus"')).found).to.deep.equal(['value-invalid: "bogus"']);
  });

  it('is written with its timers', () => {
    const { settings, found } = settingsOf(
      hvmXml(
        '',
        `<clock offset='utc'><timer name='hpet' present='no'/><timer name='tsc' mode='paravirt'/></clock>`,
      ),
    );
    expect(settings).to.include({ hpet: '0', tsc_mode: '"native_paravirt"' });
    expect(found).to.deep.equal([]);
  });

  it('loses timers that Xen does not have, and offsets that xl cannot express, with a warning', () => {
    expect(
      settingsOf(hvmXml('', `<clock offset='utc'><timer name='platform'/></clock>`)).found,
    ).to.deep.equal([`unsupported: <timer name='platform'/>`]);
    expect(settingsOf(hvmXml('', `<clock offset='timezone' timezone='Europe/Berlin'/>`)).found).to.include(
      `unsupported: offset='timezone'`,
    );
  });

  it('rejects an offset that is not a whole number of seconds', () => {
    for (const adjustment of ['x', '1.5', '99999999999', '', '0x10', '1e3']) {
      const { found } = settingsOf(hvmXml('', `<clock offset='variable' adjustment='${adjustment}'/>`));
      expect(found, adjustment).to.deep.equal([`value-invalid: adjustment='${adjustment}'`]);
    }
  });
});
