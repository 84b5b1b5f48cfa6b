import { expect } from 'chai';
import { adapt, type GuestKind } from '../../../lib/index.js';
import { adaptedCases, casesSince11, type AdaptedCase } from '../../real/adapted-domains.js';
import { judgeByDriver } from '../dom0/driver.js';
import { debianInitrd } from '../guest/debian.js';
import { guestKernel } from '../guest/guest.js';
import { documentOf, withKernel } from '../managers/managers.js';
import { scenario } from '../scenario.js';

/** The adapted documents of the managers, for each kind of guest. */
const ofManagers: readonly AdaptedCase[] = (
  ['ovirt', 'cloudstack-user-vm', 'cloudstack-system-vm'] as const
).flatMap((name) =>
  (['hvm', 'pvh', 'pv'] as const).map((guest: GuestKind) => {
    const document = documentOf(name).replace(/<name>[^<]*/, '<name>g');
    const booted =
      guest === 'hvm' ? document : withKernel(document, { kernel: guestKernel, initrd: debianInitrd });
    const { output = '' } = adapt(booted, { guest });
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
