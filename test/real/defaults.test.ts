import { expect } from 'chai';
import { defaults } from '../../lib/model/defaults.js';
import { hvmConfig } from '../xl/guests.js';
import { withoutDefaults } from './defaults.js';
import { findXl } from './real-xl.js';

describe('defaults of xl', () => {
  const xl = findXl();
  for (const { key, beside, same } of defaults) {
    if (same === undefined) continue;
    it(`are the same for ${same} without ${key}`, function () {
      if (!xl) this.skip();
      const [without, withIt] = [hvmConfig(beside?.xl ?? ''), hvmConfig(beside?.xl ?? '', same)].map(
        (text) => {
          const verdict = xl.read(text);
          if (!verdict.ok) throw new Error(verdict.message);
          return withoutDefaults(verdict.config, true);
        },
      );
      expect(withIt).to.deep.equal(without);
    });
  }
});
