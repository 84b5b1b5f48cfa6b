import { expect } from 'chai';
import { adaptedCases } from './adapted-domains.js';
import { judgeByLibvirt } from './real-libvirt.js';

describe("the output of adapt with libvirt's own Xen driver", function () {
  this.timeout(300_000);
  let verdicts: readonly string[] | undefined;
  before(() => {
    verdicts = judgeByLibvirt(adaptedCases.map(({ xml }) => xml));
  });
  for (const [i, { name, accepted }] of adaptedCases.entries()) {
    it(name, function () {
      if (!verdicts) this.skip();
      if (accepted) expect(verdicts[i]).to.equal('accepted');
      else
        expect(verdicts[i])
          .to.match(/^error: /)
          .and.not.include('Disconnected')
          .and.not.include('failed to connect');
    });
  }
});
