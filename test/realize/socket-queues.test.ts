import { expect } from 'chai';
import { queuesOf, readSockets } from '../../lib/realize/socket-queues.js';

/** Output of iproute2 6.1: a path with a blank, an accepted client, a waiting one, and other sockets. */
const output = `u_str ESTAB  5      768    /run/my agent 1012295            * 1012296
u_str LISTEN 1      5      /run/my agent 1012294            * 0
u_str ESTAB  8      768                * 1012296            * 1012295
u_dgr UNCONN 0      0      /run/systemd/notify 2001         * 0
u_str ESTAB  3      0      /run/other 33            * 34
u_str LISTEN 0      5      /run/idle 44             * 0
`;

describe('the bytes that wait in a socket', () => {
  const sockets = readSockets(output);

  it('are counted at both ends', () => {
    expect(queuesOf(sockets, ['/run/my agent'])).to.deep.equal({
      clients: 1,
      pending: 1,
      toGuestBytes: 5,
      toHostBytes: 8,
    });
    expect(queuesOf(sockets, ['/run/idle'])).to.deep.equal({
      clients: 0,
      pending: 0,
      toGuestBytes: 0,
      toHostBytes: 0,
    });
  });

  it('are found by the path that the socket was bound to', () => {
    expect(queuesOf(sockets, ['/run/published', '/run/idle'])).to.include({ clients: 0 });
  });

  it('are unknown if no process listens, or ss printed nothing', () => {
    expect(queuesOf(sockets, ['/run/other'])).to.equal(undefined);
    expect(queuesOf(readSockets(''), ['/run/idle'])).to.equal(undefined);
  });
});
