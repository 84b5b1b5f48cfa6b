import { expect } from 'chai';
import { adapt, type GuestKind } from '../../../lib/index.js';
import { adaptedCases, casesSince11, type AdaptedCase } from '../../real/adapted-domains.js';
import { judgeByDriver } from '../dom0/driver.js';
import { documentOf } from '../managers/managers.js';
import { scenario } from '../scenario.js';

/** What the managers' own documents become, for each kind of guest. */
const ofManagers: readonly AdaptedCase[] = (
  ['ovirt', 'cloudstack-user-vm', 'cloudstack-system-vm'] as const
).flatMap((name) =>
  (['hvm', 'pvh', 'pv'] as const).map((guest: GuestKind) => {
    const document = documentOf(name).replace(/<name>[^<]*/, '<name>g');
    const { output = '' } = adapt(document, { guest });
    return { name: `takes, adapted to ${guest}: ${name}`, xml: output, accepted: true };
  }),
);

describe("libvirt's Xen driver", () => {
  scenario('refuses what adapt changes, and takes what adapt gives', async ({ dom0, suite }) => {
    const since = suite.name === 'trixie' ? casesSince11 : [];
    const cases = [...adaptedCases, ...since, ...ofManagers];
    const verdicts = await judgeByDriver(
      dom0,
      cases.map(({ xml }) => xml),
    );
    expect(verdicts).to.have.length(cases.length);
    const surprises = cases.flatMap(({ name, accepted }, i) => {
      const verdict = verdicts[i] ?? '';
      const isMeant = accepted ? verdict === 'accepted' : verdict.startsWith('error: ');
      return isMeant && !verdict.includes('failed to connect') ? [] : [`${name}: ${verdict}`];
    });
    expect(surprises).to.deep.equal([]);
  });
});
