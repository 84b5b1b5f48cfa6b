import { expect } from 'chai';
import { convert } from '../../lib/index.js';
import type { XlOption } from '../../lib/xl/options/option.js';
import { supportedBy } from '../xl/supported-by.js';
import { xlOptions } from '../../lib/xl/options/table.js';
import { configWith, configWithout } from '../xl/option-samples.js';
import { differencesOf } from './differences.js';
import { findXl } from './real-xl.js';

/** Values of types that an option may not support: a text, a list, and a list of lists. */
const oddValues = ['"odd"', '[ "odd" ]', '[ [ "odd" ] ]'] as const;

/** The options of the release of xl that the suite is for. The options of Arm are in arm.test.ts. */
const known = [...xlOptions].filter(([, { since, arm }]) => since === undefined && !arm);

/** Options whose items xl parses one by one, which is not in the table. */
const readsItems = (option: XlOption, value: string): boolean =>
  value.startsWith('[') && option.type.includes('list');

/** Options whose example does not change the output of xl, and why. */
const unseen: Readonly<Record<string, string>> = {
  pae: 'libxl turns it on; off is kept, for libvirt turns it on, too',
  ms_vm_genid: "'none' is the default, and 'generate' makes another number each time",
  vif2: 'xl says that it is obsolete',
  vncviewer: 'xl says that it is obsolete',
  device_model: 'xl says that it is obsolete',
};

/** Options of which xl rejects some texts that are not in the table. */
const readsFurther: Readonly<Record<string, string>> = {
  cpus_soft: 'it wants a list of CPUs',
  firmware: 'it stands for a kernel, which a PV guest needs',
};

describe('the real xl and each option of xl.cfg', function () {
  const xl = findXl();
  before(function () {
    if (!xl) this.skip();
  });
  if (!xl) {
    it('agree');
    return;
  }

  for (const [name, option] of known) {
    it(`read the same ${name} after converting to XML and back`, () => {
      const text = configWith(name, option);
      const [before, without] = [xl.read(text), xl.read(configWithout(name, option))];
      if (!before.ok) expect.fail(`xl rejects the example: ${before.message}\n${text}`);
      const back = convert(convert(text).output ?? '').output;
      const after = xl.read(back ?? '');
      if (!after.ok) expect.fail(`xl rejects what came back: ${after.message}\n${back ?? ''}`);
      expect(differencesOf(before.config, after.config, false)).to.deep.equal([]);
      const saysNothing = without.ok && differencesOf(before.config, without.config, false).length === 0;
      expect(saysNothing, 'xl takes no notice of the example').to.equal(name in unseen);
    });
  }

  for (const [name, option] of known) {
    if (supportedBy.has(name) || name in readsFurther) continue;
    for (const value of oddValues) {
      if (readsItems(option, value)) continue;
      it(`both accept or reject ${name} = ${value}`, () => {
        const text = configWith(name, option, value);
        const verdict = xl.read(text);
        const { diagnostics } = convert(text);
        const ours = diagnostics
          .filter(({ message }) => message.includes(`'${name}'`))
          .map(({ code }) => code);
        expect(ours.includes('value-invalid'), verdict.ok ? verdict.warnings : verdict.message).to.equal(
          !verdict.ok,
        );
        if (verdict.ok && ours.includes('xl-ignored')) {
          const without = xl.read(configWithout(name, option));
          expect(without.ok && differencesOf(verdict.config, without.config, false)).to.deep.equal([]);
        }
      });
    }
  }
});
