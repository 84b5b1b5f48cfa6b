import { expect } from 'chai';
import {
  convert,
  parseXlConfig,
  xenVersions,
  type ConvertOptions,
  type PreservedSetting,
} from '../../lib/index.js';
import { supportedBy } from './supported-by.js';
import { xlOptions } from '../../lib/xl/options/table.js';
import { configWith } from './option-samples.js';

const pv = 'name = "a"\ntype = "pv"\nkernel = "/k"\nmemory = 256\n';
const hvm = 'name = "a"\ntype = "hvm"\nmemory = 256\n';
const pvh = pv.replace('pv', 'pvh');

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

describe('an option at its default', () => {
  for (const [name, option] of xlOptions) {
    const { default: unset, type, values } = option;
    if (unset === undefined) continue;
    const guest = { pv, pvh, hvm }[option.guests?.at(-1) ?? (option.arm ? 'pvh' : 'hvm')];
    const forms = [
      ...(type === 'boolean' ? [unset, `"${unset}"`] : [`"${unset}"`]),
      ...(type === 'name or its number' ? [String(values?.indexOf(unset))] : []),
    ];
    for (const value of forms) {
      it(`is no loss: ${name} = ${value}`, () => {
        const text = `${guest}${name} = ${value}\n`;
        const about = convert(text).diagnostics.filter(({ message }) => message.startsWith(`'${name}'`));
        expect(about.filter(({ severity }) => severity !== 'info')).to.deep.equal([]);
        if (!preservedIn(text).includes(name)) return;
        expect(about.map(({ code }) => code)).to.deep.equal(['implied']);
        const back = convert(convert(text).output ?? '').output ?? '';
        expect(settingOf(name, back)).to.deep.equal(settingOf(name, text));
      });
    }

    it(`is told from another value: ${name}`, () => {
      const text = configWith(name, option);
      const isDefault = option.example.replaceAll('"', '') === unset && preservedIn(text).includes(name);
      const about = `'${name}' is at its default`;
      expect(convert(text).diagnostics.some(({ message }) => message.startsWith(about))).to.equal(isDefault);
    });
  }

  it('is no loss in a guest that does not have it', () => {
    expect(found(`${pv}usb = 0\n`)).to.deep.equal([
      "implied: 'usb' is at its default, and libvirt has no setting for it",
    ]);
    expect(found(`${pv}timer_mode = 1\n`)).to.deep.equal([
      "value-invalid: xl rejects 'timer_mode' of a PV guest",
    ]);
  });

  it('is not a list of an option that takes none: xl ignores it', () => {
    expect(found(`${hvm}nographic = []\n`).filter((text) => text.includes('nographic'))).to.deep.equal([
      "xl-ignored: xl ignores 'nographic': expected a single value, not a list",
    ]);
  });

  it('is an empty list, too', () => {
    expect(found(`${hvm}pvcalls = []\n`).filter((text) => text.includes('pvcalls'))).to.deep.equal([
      "implied: 'pvcalls' is at its default, and libvirt has no setting for it",
    ]);
  });
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

  it('of a display that the guest does not have is no loss', () => {
    const text = `${hvm}vnc = 0\nvnclisten = "0.0.0.0"\nspiceport = 6000\ndisplay = ":0"\n`;
    expect(found(text)).to.deep.equal(
      [
        ['vnclisten', 'VNC'],
        ['spiceport', 'SPICE'],
        ['display', 'SDL'],
      ].map(
        ([key = '', display = '']) =>
          `implied: '${key}' has no effect without ${display}, and libvirt has no setting for it then`,
      ),
    );
    expect(preservedIn(text)).to.have.members(['display', 'vnclisten', 'spiceport']);
  });

  it('for USB devices is on beside one, whatever the config says', () => {
    const text = `${hvm}vnc = 0\nusb = 0\nusbdevice = "tablet"\n`;
    expect(found(text)).to.deep.equal([]);
    expect(convert(convert(text).output ?? '').output).to.include('usb = 1\nusbdevice = "tablet"');
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
