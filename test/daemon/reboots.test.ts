import { expect } from 'chai';
import { Reboots } from '../../lib/daemon/reboots.js';
import type { RunningDomain } from '../../lib/realize/dom0/domain.js';
import { domId } from '../../lib/realize/domid.js';

const uuid = '01234567-89ab-cdef-0123-456789abcdef';
const domain = (number: number, name = 'guest'): RunningDomain => ({ domid: domId(number), name, uuid });

/** The results for the domains that are seen one after the other, a second apart. */
function follow(...seen: readonly (readonly RunningDomain[])[]): readonly (number | undefined)[] {
  const reboots = new Reboots();
  return seen.map((running, second) => reboots.find(uuid, running, 1000 * second)?.domid);
}

describe('a guest that reboots', () => {
  it('has a new domain after the end of the old one, whether or not the end was seen', () => {
    expect(follow([domain(1)], [], [domain(2)], [domain(2)], [domain(3)])).to.deep.equal([
      ...[undefined, undefined, 2, undefined, 3],
    ]);
  });

  it('is told from one that is migrated within the host', () => {
    const [old, incoming] = [domain(1), domain(2, 'guest--incoming')];
    expect(follow([old], [old, incoming], [incoming], [domain(2)])).to.deep.equal(Array(4).fill(undefined));
    expect(follow([old], [incoming], [domain(2)])).to.deep.equal(Array(3).fill(undefined));
  });

  it('is told from one that is started for the first time, and from one that was shut down', () => {
    expect(follow([domain(1)])).to.deep.equal([undefined]);
    const ended = Array<readonly RunningDomain[]>(62).fill([]);
    expect(follow([domain(1)], ...ended, [domain(2)]).at(-1)).to.equal(undefined);
  });
});
