import { expect } from 'chai';
import { defaults } from '../../lib/model/defaults.js';
import { hvmConfig, pvConfig } from '../xl/guests.js';
import { withoutDefaults } from './defaults.js';
import { findXl } from './real-xl.js';

const configs = {
  hvm: hvmConfig,
  pv: pvConfig,
  pvh: (...lines: readonly string[]) => pvConfig('type = "pvh"', ...lines),
};

describe('defaults of xl', () => {
  const xl = findXl();
  for (const { guest = 'hvm', key, beside, same } of defaults) {
    if (same === undefined) continue;
    it(`are the same for ${same} without ${key} of ${guest}`, function () {
      if (!xl) this.skip();
      const [without, withIt] = [
        configs[guest](beside?.xl ?? ''),
        configs[guest](beside?.xl ?? '', same),
      ].map((text) => {
        const verdict = xl.read(text);
        if (!verdict.ok) throw new Error(verdict.message);
        return withoutDefaults(verdict.config, true);
      });
      expect(withIt).to.deep.equal(without);
    });
  }
});
