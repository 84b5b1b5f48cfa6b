import { expect } from 'chai';
import { ClientWatch } from '../../lib/daemon/client-watch.js';
import { domId } from '../../lib/realize/domid.js';

const domain = { domid: domId(7), name: 'guest', uuid: '00000000-0000-0000-0000-000000000007' };

describe('the events of clients', () => {
  it('follow a channel that is added while the sockets of its domain are found', async () => {
    const stop = new AbortController();
    const told: string[] = [];
    let finds = 0;
    const watch = new ClientWatch({
      domains: () => [domain],
      socketsOf: () => {
        finds += 1;
        if (finds > 1) return Promise.resolve([{ channel: 'late', path: '/late' }]);
        watch.follow({ event: 'channel-added', channel: 'late', domain });
        return Promise.resolve([]);
      },
      lookAtSockets: () =>
        Promise.resolve(() => ({ clients: 1, pending: 0, toGuestBytes: 0, toHostBytes: 0 })),
      everyMs: 1,
      tell: (event) => {
        if ('channel' in event) told.push(`${event.channel} ${event.event}`);
        stop.abort();
      },
    });
    await watch.run(stop.signal);
    expect(told).to.deep.equal(['late client-connected']);
    expect(finds).to.equal(2);
  });
});
