import { expect } from 'chai';
import {
  convert,
  parseXlConfig,
  xenVersions,
  type ConvertOptions,
  type PreservedSetting,
} from '../../lib/index.js';
import { supportedBy } from '../../lib/xl/descriptors.js';
import { xlOptions } from '../../lib/xl/options/table.js';
import { configWith, configWithout } from './option-samples.js';

const pv = 'name = "a"\ntype = "pv"\nkernel = "/k"\nmemory = 256\n';
const hvm = 'name = "a"\ntype = "hvm"\nmemory = 256\n';

/** The diagnostics of a setting as `code: message (hint)`. */
const found = (text: string, options: ConvertOptions = {}): readonly string[] =>
  convert(text, options).diagnostics.map(
    ({ code, message, hint }) => `${code}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );

const preservedSettings = (text: string): readonly PreservedSetting[] =>
  parseXlConfig(text).domain?.preserved.settings ?? [];
const preservedIn = (text: string): readonly string[] => preservedSettings(text).map(({ key }) => key);
const settingOf = (name: string, text: string): PreservedSetting | undefined =>
  preservedSettings(text).find(({ key }) => key === name);

describe('the table of the options of xl.cfg', () => {
  for (const [name, option] of xlOptions) {
    const isTranslated = supportedBy.has(name);
    it(`is right about ${name}: it is ${isTranslated ? 'converted' : 'preserved in <metadata>'}`, () => {
      const text = configWith(name, option);
      expect(convert(text).diagnostics.filter(({ severity }) => severity === 'error')).to.deep.equal([]);
      expect(!preservedIn(text).includes(name), 'a reader takes it').to.equal(isTranslated);
    });
  }

  it('has each option once', () => {
    expect(xlOptions.size).to.equal(167);
  });

  for (const [name, option] of xlOptions) {
    if (supportedBy.has(name)) continue;
    it(`restores ${name} unchanged`, () => {
      const text = configWith(name, option);
      const back = convert(convert(text).output ?? '').output ?? '';
      expect(settingOf(name, back)).to.deep.equal(settingOf(name, text));
    });
  }
});

describe('an option that xl does not have', () => {
  it('is reported and preserved', () => {
    const text = `${pv}colour = "red"\n`;
    expect(found(text)).to.deep.equal([
      "xl-option-unknown: xl has no option 'colour' (preserved in <metadata>; converting back restores it)",
    ]);
    expect(preservedIn(text)).to.deep.equal(['colour']);
  });

  for (const [wrong, right] of [
    ['vcpu_s', 'vcpus'],
    ['memroy', 'memory'],
    ['boot_loader', 'bootloader'],
    ['onn_crash', 'on_crash'],
    ['usbdevica', 'usbdevice'],
    ['pooll', 'pool'],
  ] as const) {
    it(`named ${wrong} is suggested to be ${right}`, () => {
      expect(found(`${pv}${wrong} = 1\n`)).to.deep.equal([
        `xl-option-unknown: xl has no option '${wrong}' (did you mean '${right}'?)`,
      ]);
    });
  }

  it('has no suggestion if two letters differ', () => {
    expect(found(`${pv}poolish = 1\n`)[0]).not.to.include('did you mean');
  });

  it('with a very long name is checked in bounded time', () => {
    expect(found(`${pv}${'a'.repeat(1_000_000)} = 1\n`)).to.have.lengthOf(1);
  });
});

describe('a preserved option', () => {
  for (const [setting, expected] of [
    ['cap = "much"', "xl-ignored: xl ignores 'cap': 'much' is not a whole number"],
    ['cap = [ 1 ]', "xl-ignored: xl ignores 'cap': expected a single value, not a list"],
    ['cap = 1\ncap += 2', "xl-ignored: xl ignores 'cap': += does not work with numbers"],
    ['p9 = "tag=a"', "xl-ignored: xl ignores 'p9': expected a [ list ], not a single value"],
    ['pool = [ "a" ]', "xl-ignored: xl ignores 'pool': expected a single value, not a list"],
    ['max_grant_frames = "x"', "value-invalid: xl rejects 'max_grant_frames': 'x' is not a whole number"],
    ['altp2m = 4', "value-invalid: xl rejects 'altp2m': '4' is none of disabled, mixed, external, limited"],
    ['vif2 = [ "a" ]', "xl-ignored: 'vif2' is obsolete: xl prints that it does not support it"],
    ['nographic = 1', "xl-ignored: 'nographic' has an effect on HVM guests only, and this is a PV guest"],
  ] as const) {
    it(`such as ${setting.replace('\n', '; ')} is reported as by xl`, () => {
      expect(found(`${pv}${setting}\n`)).to.deep.equal([expected]);
    });
  }

  for (const setting of ['altp2m = 3', 'altp2m = "Mixed"', 'cpus_soft = "all"', 'period = 0x10']) {
    it(`such as ${setting} is preserved without another report`, () => {
      expect(found(`${pv}${setting}\n`))
        .to.have.lengthOf(1)
        .and.to.match(/^not-implemented:/);
    });
  }

  it('of a name or a boolean accepts both', () => {
    for (const value of ['1', '"IGD"']) {
      expect(found(`${hvm}vnc = 0\ngfx_passthru = ${value}\n`)[0]).to.match(/^not-implemented:/);
    }
    expect(found(`${hvm}vnc = 0\ngfx_passthru = "nvidia"\n`)[0]).to.match(/^value-invalid:/);
  });

  for (const [name, option] of xlOptions) {
    for (const value of [option.default ?? []].flat()) {
      it(`causes no warning at its default: ${name} = ${value}`, () => {
        const samples = option.guests ?? (['pv', 'pvh', 'hvm'] as const);
        for (const guest of name === 'firmware' ? (['hvm'] as const) : samples) {
          const sample = { ...option, guests: [guest] };
          const text = configWith(name, sample, /^[0-9]+$/.test(value) ? value : `"${value}"`);
          const warnings = convert(text).diagnostics.filter(({ severity }) => severity !== 'info');
          const without = convert(configWithout(name, sample)).diagnostics;
          expect(warnings, text).to.deep.equal(without.filter(({ severity }) => severity !== 'info'));
          const restored = convert(convert(text).output ?? '');
          expect(restored.diagnostics.filter(({ code }) => code === 'preserved-conflict')).to.deep.equal([]);
        }
      });
    }
  }

  it('has its default value in each of its spellings', () => {
    const texts = ['cap = 0x0', 'altp2m = 0', 'altp2m = "DISABLED"', 'nomigrate = 00'];
    for (const text of texts) expect(found(`${pv}${text}\n`).join()).to.match(/^implied:/);
    expect(found(`${hvm}vnc = 0\nxen_platform_pci = 7\n`).join()).to.match(/^implied:/);
  });

  it('of a display that the guest does not have is no loss', () => {
    const text = `${hvm}vnc = 0\nvnclisten = "0.0.0.0"\nspiceport = 6000\ndisplay = ":0"\n`;
    expect(found(text)).to.deep.equal(
      [
        ['vnclisten', 'VNC'],
        ['spiceport', 'SPICE'],
        ['display', 'SDL'],
      ].map(
        ([key = '', display = '']) =>
          `implied: '${key}' needs no counterpart in libvirt's XML: it has no effect without ${display}`,
      ),
    );
    expect(preservedIn(text)).to.have.members(['display', 'vnclisten', 'spiceport']);
  });

  it('that xl would reject is not written back', () => {
    const xml = convert(`${pv}tee = "optee"\n`).output?.replace('optee', 'tpm') ?? '';
    const { output, diagnostics } = convert(xml);
    expect(output).not.to.include('tee');
    expect(diagnostics.map(({ message }) => message)).to.deep.equal([
      "architecture 'aarch64' omitted: a guest of xl has the architecture of its host",
      "xl would reject the preserved setting 'tee': 'tpm' is none of none, optee, ffa",
    ]);
  });
});

describe('--xen', () => {
  const newer = [...xlOptions].filter(([, { since }]) => since !== undefined);

  it('supports the options of each release up to 4.21', () => {
    expect(new Set(newer.map(([, { since }]) => since))).to.deep.equal(
      new Set(['4.18', '4.19', '4.20', '4.21']),
    );
  });

  for (const [name, option] of newer) {
    for (const xen of xenVersions) {
      const isThere = xenVersions.indexOf(xen) >= xenVersions.indexOf(option.since ?? xen);
      it(`${xen} ${isThere ? 'writes' : 'omits'} ${name}, in an xl.cfg that is read or written`, () => {
        const text = configWith(name, option);
        const xml = convert(text).output ?? '';
        const told = `target-too-old: xl ${xen} has no option '${name}': supported since ${option.since ?? ''} (omitted)`;
        for (const input of [text, xml]) {
          const { output = '' } = convert(input, { xen });
          // smbios is written as an element of the XML.
          const isKept = output.includes(`${name} = `) || (name === 'smbios' && output.includes('<sysinfo '));
          expect(isKept).to.equal(isThere);
          expect(found(input, { xen }).includes(told)).to.equal(!isThere);
        }
      });
    }
  }

  for (const [setting, part, since] of [
    ['vif = [ "bridge=br0, vlan=10p/20" ]', "vlan=10p/20' of 'vif", '4.20'],
    ['p9 = [ "tag=a,path=/a,security_model=none,max-files=3" ]', "max-files=3' of 'p9", '4.19'],
    ['tee = "ffa"', "ffa' of 'tee", '4.18'],
  ] as const) {
    it(`4.17 rejects ${setting}, when read and when written`, () => {
      const text = `${pv}${setting}\n`;
      const told = `value-invalid: xl 4.17 does not support '${part}': supported since ${since}`;
      expect(found(text, { xen: '4.17' })).to.include(told);
      expect(found(text).filter((line) => line.startsWith('value-invalid'))).to.deep.equal([]);
      const back = convert(convert(text).output ?? '', { xen: '4.17' }).diagnostics;
      expect(back.map(({ code, message }) => `${code}: ${message}`)).to.include(told);
    });
  }

  it('reports the position of a value that is too new', () => {
    const text = `${pv}vif = [ "bridge=br0,vlan=10" ]\nsve = "hw"\n`;
    const spans = convert(text, { xen: '4.17' }).diagnostics.flatMap(({ code, span }) =>
      span && (code === 'target-too-old' || code === 'value-invalid')
        ? [text.slice(span.start, span.end)]
        : [],
    );
    expect(spans).to.deep.equal(['vlan=10', 'sve']);
  });
});
