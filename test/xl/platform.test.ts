import { expect } from 'chai';
import { convert } from '../../lib/convert.js';
import type { Domain } from '../../lib/model/domain.js';
import { hvmXml, pvXml } from '../libvirt/domains.js';
import { hvmConfig, pvConfig, read, readClean, settingsOf } from './guests.js';

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
    it(`is ${current} of ${maximum} MiB with ${lines.length === 0 ? 'nothing' : lines.join(' and ')} in an xl.cfg`, () => {
      expect(readClean(config(...lines)).memory).to.deep.equal({
        maximumKiB: maximum * kiB,
        currentKiB: current * kiB,
      });
    });
  }

  it('that an xl.cfg leaves out is filled in, and told', () => {
    const { diagnostics } = convert(config());
    expect(diagnostics.map(({ code }) => code)).to.deep.equal(['value-default']);
  });

  it('is refused in an xl.cfg if no domain can have it', () => {
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

  it('at the start is brought down to the maximum, which is told', () => {
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
    it(`is refused with ${xml}`, () => {
      expect(settingsOf(pvXml().replace(/<memory[^]*<\/memory>/, xml)).found).to.deep.equal([
        `value-invalid: ${place}`,
      ]);
    });
  }
});

describe('virtual CPUs', () => {
  for (const [lines, vcpus] of [
    [[], { maximum: 1, online: 1 }],
    [['vcpus = 2'], { maximum: 2, online: 2 }],
    [['vcpus = 2', 'maxvcpus = 4'], { maximum: 4, online: 2 }],
    [['maxvcpus = 4'], { maximum: 4, online: 4 }],
    [['vcpus = 2', 'cpus = "0-3,^1"'], { maximum: 2, online: 2, affinity: '0,2-3' }],
    [['vcpus = 2', 'cpus = "all"'], { maximum: 2, online: 2 }],
    [['vcpus = 2', 'cpus = 3'], { maximum: 2, online: 2, affinity: '3' }],
  ] as const) {
    it(`are read from ${lines.length === 0 ? 'nothing' : lines.join(' and ')}`, () => {
      expect(readClean(pvConfig(...lines)).vcpus).to.deep.equal(vcpus);
    });
  }

  it('are refused in an xl.cfg in numbers that no domain can have', () => {
    for (const count of ['0', '"-1"', '65536']) {
      expect(read(pvConfig(`vcpus = ${count}`)).found).to.deep.equal([`value-invalid: ${count}`]);
    }
    expect(read(pvConfig('vcpus = 4', 'maxvcpus = 2')).found).to.deep.equal(['value-invalid: 2']);
  });

  it('keep lists of CPUs that libvirt cannot say', () => {
    for (const line of ['cpus = [ "0", "1" ]', 'cpus = "node:0"', 'cpus = "nodes:0-1,^node:0"']) {
      const { domain, found } = read(pvConfig(line));
      expect([domain.vcpus.affinity, found]).to.deep.equal([undefined, ['not-translated: cpus']]);
      expect(convert(convert(pvConfig(line)).output ?? '').output).to.include('cpus = ');
    }
  });

  for (const [xml, settings] of [
    ['<vcpu>4</vcpu>', { vcpus: '4' }],
    [`<vcpu current='2'>4</vcpu>`, { vcpus: '2', maxvcpus: '4' }],
    [`<vcpu current='4'>4</vcpu>`, { vcpus: '4' }],
    [`<vcpu cpuset='0-3,^2,7'>4</vcpu>`, { vcpus: '4', cpus: '"0-1,3,7"' }],
    [`<vcpu placement='static' cpuset='3,1,2,0'>4</vcpu>`, { vcpus: '4', cpus: '"0-3"' }],
  ] as const) {
    it(`are written from ${xml}`, () => {
      const written = settingsOf(pvXml('', xml));
      expect(written.found).to.deep.equal([]);
      expect(written.settings).to.include(settings);
    });
  }

  for (const [xml, place] of [
    ['<vcpu>0</vcpu>', '0'],
    ['<vcpu>x</vcpu>', 'x'],
    ['<vcpu>65536</vcpu>', '65536'],
    [`<vcpu current='5'>4</vcpu>`, `current='5'`],
    [`<vcpu current='0'>4</vcpu>`, `current='0'`],
    [`<vcpu cpuset='x'>4</vcpu>`, `cpuset='x'`],
    [`<vcpu cpuset='3-1'>4</vcpu>`, `cpuset='3-1'`],
    [`<vcpu cpuset='0,^0'>4</vcpu>`, `cpuset='0,^0'`],
    [`<vcpu cpuset=''>4</vcpu>`, `cpuset=''`],
  ] as const) {
    it(`are refused with ${xml}`, () => {
      expect(settingsOf(pvXml('', xml)).found).to.deep.equal([`value-invalid: ${place}`]);
    });
  }
});

describe('features', () => {
  it('of an HVM guest are on in an xl.cfg, but for Viridian', () => {
    expect(readClean(hvmConfig()).features).to.deep.equal({
      acpi: true,
      apic: true,
      pae: true,
      viridian: false,
    });
    expect(readClean(hvmConfig('acpi = 0', 'apic = "0"', 'hap = 0', 'viridian = 1')).features).to.deep.equal({
      acpi: false,
      apic: false,
      pae: true,
      hap: false,
      viridian: true,
    });
  });

  it('of an HVM guest are off in XML, and written either way', () => {
    expect(settingsOf(hvmXml()).settings).to.include({ pae: '1', acpi: '0', apic: '0', viridian: '0' });
    const all = settingsOf(
      hvmXml('', `<features><acpi/><apic/><pae/><hap state='off'/><viridian/></features>`),
    );
    expect(all.settings).to.include({ pae: '1', acpi: '1', apic: '1', hap: '0', viridian: '1' });
    expect(all.found).to.deep.equal([]);
  });

  it("of a PV guest are the host's memory map alone", () => {
    expect(readClean(pvConfig('e820_host = 1')).features).to.deep.equal({ e820Host: true });
    expect(
      settingsOf(pvXml('', `<features><xen><e820_host state='on'/></xen></features>`)).settings['e820_host'],
    ).to.equal('1');
    expect(settingsOf(pvXml('', `<features><acpi/></features>`)).found).to.deep.equal([
      'no-counterpart: <acpi/>',
    ]);
  });
});

describe('the clock', () => {
  const clock = (source: string): Domain['clock'] => readClean(source).clock;

  it('is UTC, or local time', () => {
    expect(clock(pvConfig())).to.deep.equal({ basis: 'utc', offsetSeconds: 0 });
    expect(clock(pvConfig('localtime = 1'))).to.deep.equal({ basis: 'localtime', offsetSeconds: 0 });
  });

  it('of an HVM guest has an offset, which may be negative', () => {
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

  it('loses timers that Xen has not, and offsets that xl cannot say, with a warning', () => {
    expect(settingsOf(hvmXml('', `<clock offset='utc'><timer name='pit'/></clock>`)).found).to.deep.equal([
      `no-counterpart: <timer name='pit'/>`,
    ]);
    expect(settingsOf(hvmXml('', `<clock offset='timezone' timezone='Europe/Berlin'/>`)).found).to.include(
      `no-counterpart: offset='timezone'`,
    );
  });

  it('refuses an offset that is no whole number of seconds', () => {
    for (const adjustment of ['x', '1.5', '99999999999', '', '0x10', '1e3']) {
      const { found } = settingsOf(hvmXml('', `<clock offset='variable' adjustment='${adjustment}'/>`));
      expect(found, adjustment).to.deep.equal([`value-invalid: adjustment='${adjustment}'`]);
    }
  });
});

describe('what happens when the guest stops', () => {
  it('is what xl does where nothing is said: a crash destroys', () => {
    const lifecycle = { poweroff: 'destroy', reboot: 'restart', crash: 'destroy' };
    expect(readClean(pvConfig()).lifecycle).to.deep.equal(lifecycle);
    expect(settingsOf(pvXml()).settings).to.include({
      on_poweroff: '"destroy"',
      on_reboot: '"restart"',
      on_crash: '"destroy"',
    });
  });

  for (const action of [
    'destroy',
    'restart',
    'rename-restart',
    'preserve',
    'coredump-destroy',
    'coredump-restart',
  ]) {
    it(`may be ${action}`, () => {
      expect(readClean(pvConfig(`on_crash = "${action}"`)).lifecycle.crash).to.equal(action);
      expect(settingsOf(pvXml('', `<on_crash>${action}</on_crash>`)).settings['on_crash']).to.equal(
        `"${action}"`,
      );
    });
  }

  it('is refused if nobody knows it', () => {
    expect(read(pvConfig('on_reboot = "foo"')).found).to.deep.equal(['value-invalid: "foo"']);
    expect(settingsOf(pvXml('', '<on_reboot>foo</on_reboot>')).found).to.deep.equal(['value-invalid: foo']);
  });

  it('is kept where it is a soft reset, which libvirt cannot say', () => {
    const source = pvConfig('on_crash = "soft-reset"');
    expect(read(source).found).to.deep.equal(['not-translated: on_crash']);
    expect(convert(convert(source).output ?? '').output).to.include('on_crash = "soft-reset"\n');
  });
});
