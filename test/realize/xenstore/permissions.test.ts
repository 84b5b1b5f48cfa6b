import { expect } from 'chai';
import { domId } from '../../../lib/realize/domid.js';
import {
  formatPermissions,
  readPermissions,
  permissionEntries,
  type Permissions,
} from '../../../lib/realize/xenstore/permissions.js';

describe('the permissions of a node', () => {
  const pairs: Record<string, Permissions> = {
    n0: { owner: domId(0), others: 'none' },
    'n0,r7': { owner: domId(0), others: 'none', domains: [{ domain: domId(7), access: 'read' }] },
    'b12,w3,n4': {
      owner: domId(12),
      others: 'both',
      domains: [
        { domain: domId(3), access: 'write' },
        { domain: domId(4), access: 'none' },
      ],
    },
  };
  for (const [text, permissions] of Object.entries(pairs)) {
    it(`are written as ${text}, and read back`, () => {
      expect(formatPermissions(permissions)).to.equal(text);
      expect(permissionEntries(permissions)).to.deep.equal(text.split(','));
      expect(readPermissions(text.split(','))).to.deep.equal(permissions);
    });
  }

  it('reject any other text', () => {
    for (const text of [
      '',
      'n',
      '0',
      'x0',
      'n-1',
      'n0,',
      'n0;r7',
      'n 0',
      'nn0',
      'n32752',
      'n99999',
      'toString0',
    ]) {
      expect(() => readPermissions(text.split(',')), text).to.throw(RangeError);
    }
  });
});

describe('a domain ID', () => {
  it('is 0 to 32751', () => {
    expect(domId(0)).to.equal(0);
    expect(domId(0x7fef)).to.equal(32751);
    for (const number of [-1, 0x7ff0, 1.5, NaN, Infinity]) expect(() => domId(number)).to.throw(RangeError);
  });
});
