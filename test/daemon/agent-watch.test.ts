import { expect } from 'chai';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { AgentWatch } from '../../lib/daemon/agent-watch.js';
import type { DaemonEvent } from '../../lib/daemon/events.js';
import { domId } from '../../lib/realize/domid.js';
import { temporaryDirectory } from '../cli/virt2xen.js';

describe('the watch of guest agents', () => {
  const { path, remove } = temporaryDirectory();
  after(remove);

  it('reports a fault of the host once, and goes on', async () => {
    const file = join(path, 'file');
    writeFileSync(file, '');
    const socket = join(path, 'agent.sock');
    const agent = createServer().listen(socket);
    await once(agent, 'listening');
    const stop = new AbortController();
    const domain = { domid: domId(7), name: 'web1', uuid: '01234567-89ab-cdef-0123-456789abcdef' };
    const events: DaemonEvent[] = [];
    let asked = 0;
    await new Promise<void>((resolve) => {
      const watch = new AgentWatch({
        find: () => {
          asked += 1;
          if (asked === 3) resolve();
          return Promise.resolve({ path: socket });
        },
        tell: (event) => events.push(event),
        // No directory can be made in a file.
        lockDirectory: join(file, 'locks'),
        signal: stop.signal,
      });
      watch.follow({ event: 'guest-connected', channel: 'org.qemu.guest_agent.0', domain });
    });
    stop.abort();
    agent.close();
    expect(events).to.have.length(1);
    expect(events[0]).to.deep.include({ event: 'failed', code: 'ENOTDIR', domain, retryInMs: 1000 });
  });
});
