import { expect } from 'chai';
import { getHostName, getOsInfo, getTime } from '../../lib/agent/commands/system.js';
import { shutdown } from '../../lib/agent/commands/power.js';
import { openFile, writePiece, type FileHandle } from '../../lib/agent/commands/file.js';
import { exec } from '../../lib/agent/exec.js';
import { readFile } from '../../lib/agent/file.js';
import { failure } from '../realize/qmp/peer.js';
import { agentWith, failed, infoOf, Peer, returned, synced, type Sent } from './peer.js';

const all = {
  'guest-get-host-name': true,
  'guest-get-osinfo': true,
  'guest-get-time': true,
  'guest-shutdown': true,
  'guest-file-open': true,
  'guest-file-read': true,
  'guest-file-seek': true,
  'guest-file-close': true,
  'guest-exec': true,
  'guest-exec-status': true,
};

describe('a session with a guest agent', () => {
  it('begins with a flush and guest-sync-delimited, and drops all that comes before its answer', async () => {
    const peer = new Peer((request) => {
      if (request.execute !== 'guest-sync-delimited') return returned({}, request);
      return `{"return": {"host-name": "stale"}}\nhalf a line ${synced(request)}`;
    });
    await peer.session.ping();
    expect(peer.names).to.deep.equal(['guest-sync-delimited', 'guest-ping']);
    expect(peer.sent[0]?.isFlushed).to.equal(true);
  });

  it('does not take the answer to the sync of another client for its own', async () => {
    const peer = new Peer(() => '\xff{"return": 4711}\n');
    expect(await failure(peer.session.ping())).to.include({ failure: 'timeout', command: 'guest-ping' });
    expect(peer.names).not.to.include('guest-ping');
  });

  it('matches replies by their IDs, in any order, and drops those that it does not know', async () => {
    const waiting: Sent[] = [];
    const peer = new Peer(
      agentWith(all, (request) => {
        if (request.execute === 'guest-ping') return returned({}, request);
        waiting.push(request);
        if (waiting.length < 2) return undefined;
        const [first, second] = waiting as [Sent, Sent];
        return `{"return": {"host-name": "x"}, "id": "other"}\n{"return": {"host-name": "y"}}\n${returned({ name: 'Debian' }, second)}${returned({ 'host-name': 'web01' }, first)}`;
      }),
    );
    await peer.session.ping();
    const results = await Promise.all([peer.session.call(getHostName), peer.session.call(getOsInfo)]);
    expect(results).to.deep.equal(['web01', { name: 'Debian' }]);
  });

  it('sends one request at a time, without an ID, to an agent that rejects it', async () => {
    let open = 0;
    const peer = new Peer((request) => {
      if (request.execute === 'guest-sync-delimited') return synced(request);
      if (request.id !== undefined) return failed("QMP input member 'id' is unexpected", {});
      open += 1;
      expect(open).to.equal(1);
      queueMicrotask(() => {
        open -= 1;
        peer.say(
          returned(
            request.execute === 'guest-info' ? infoOf(all, '2.12.0') : { 'host-name': 'old' },
            request,
          ),
        );
      });
      return undefined;
    });
    const names = await Promise.all([1, 2, 3].map(() => peer.session.call(getHostName)));
    expect(names).to.deep.equal(['old', 'old', 'old']);
  });

  it('accepts replies without an ID from an agent that ignores it, one at a time', async () => {
    const peer = new Peer((request) => {
      if (request.execute === 'guest-sync-delimited') return synced(request);
      const value = request.execute === 'guest-info' ? infoOf(all, '2.5.0') : { 'host-name': 'old' };
      return returned(value, { ...request, id: undefined } as unknown as Sent);
    });
    const names = await Promise.all([1, 2, 3].map(() => peer.session.call(getHostName)));
    expect(names).to.deep.equal(['old', 'old', 'old']);
  });

  it('sends nothing after a long request before its answer, and of short ones what the agent reads at once', async () => {
    const waiting = new Map<string, number>();
    const seen = new Set<number>();
    const peer = new Peer(
      agentWith({ ...all, 'guest-file-write': true }, (request) => {
        const { isFlushed, ...rest } = request;
        waiting.set(request.id ?? '', JSON.stringify(rest).length + Number(isFlushed));
        const bytes = [...waiting.values()].reduce((sum, length) => sum + length, 0);
        expect(waiting.size === 1 || bytes <= 4096, `${waiting.size} requests of ${bytes} bytes`).to.equal(
          true,
        );
        seen.add(waiting.size);
        setTimeout(() => {
          waiting.delete(request.id ?? '');
          const value =
            request.execute === 'guest-file-write' ? { count: 1, eof: false } : { 'host-name': 'a' };
          peer.say(returned(value, request));
        }, 1);
        return undefined;
      }),
      { timeoutMs: 5000 },
    );
    const handle = 1 as FileHandle;
    const calls = [10, 10, 5000, 10, 3000, 3000, 10, 10, 10, 10].map((bytes) => [
      peer.session.call(writePiece(handle, new Uint8Array(bytes))),
      peer.session.call(getHostName),
    ]);
    await Promise.all(calls.flat());
    expect(seen).to.include(1).and.to.include(8);
  });

  it('drops a reply that comes after the deadline, and syncs again before the next request', async () => {
    let late: Sent | undefined;
    const peer = new Peer(
      agentWith(all, (request) => {
        if (!late) {
          late = request;
          return undefined;
        }
        return returned({ 'host-name': 'right' }, request);
      }),
    );
    expect(await failure(peer.session.call(getHostName))).to.include({ failure: 'timeout' });
    peer.say(returned({ 'host-name': 'wrong' }, late!));
    expect(await peer.session.call(getHostName)).to.equal('right');
    expect(peer.names.slice(-2)).to.deep.equal(['guest-sync-delimited', 'guest-get-host-name']);
  });

  it('recognizes that the agent was restarted: it answers a later request first', async () => {
    const peer = new Peer(
      agentWith(all, () => undefined),
      { timeoutMs: 5000 },
    );
    expect(await failure(peer.session.call(getHostName))).to.include({
      failure: 'restarted',
      command: 'guest-get-host-name',
    });
  });

  it('ends all calls when the channel ends', async () => {
    const peer = new Peer(
      agentWith(all, (_, self) => {
        self.end();
        return undefined;
      }),
    );
    expect(await failure(peer.session.call(getHostName))).to.include({ failure: 'closed' });
    expect(await failure(peer.session.call(getHostName))).to.include({ failure: 'closed' });
  });

  it('stops waiting when its signal is aborted, and drops the reply', async () => {
    const stop = new AbortController();
    const reason = new Error('enough');
    const peer = new Peer(
      agentWith(all, (request, self) => {
        if (!stop.signal.aborted) {
          stop.abort(reason);
          self.say(returned({ 'host-name': 'dropped' }, request));
          return undefined;
        }
        return returned({ 'host-name': 'next' }, request);
      }),
    );
    expect(await failure(peer.session.call(getHostName, { signal: stop.signal }))).to.equal(reason);
    expect(await peer.session.call(getHostName)).to.equal('next');
    expect(await failure(peer.session.call(getHostName, { signal: stop.signal }))).to.equal(reason);
  });

  it('rejects a command that the agent does not have before sending it, naming the first version', async () => {
    const peer = new Peer(agentWith({}, () => undefined));
    const error = await failure(peer.session.call(getOsInfo));
    expect(error).to.include({ failure: 'unsupported', command: 'guest-get-osinfo' });
    expect(String(error)).to.contain('QEMU 7.2.22').and.to.contain('since QEMU 2.10');
    expect(peer.names).not.to.include('guest-get-osinfo');
  });

  it('rejects a command that is disabled before sending it', async () => {
    const peer = new Peer(agentWith({ 'guest-get-osinfo': false }, () => undefined));
    expect(String(await failure(peer.session.call(getOsInfo)))).to.contain('disabled in the guest');
    expect(peer.names).not.to.include('guest-get-osinfo');
  });

  it("returns the agent's own error", async () => {
    const peer = new Peer(agentWith(all, (request) => failed("failed to open file '/x'", request)));
    expect(await failure(peer.session.call(openFile('/x', 'r')))).to.include({
      failure: 'rejected',
      class: 'GenericError',
      desc: "failed to open file '/x'",
    });
  });

  it('rejects a result of a wrong type', async () => {
    for (const [value, request] of [
      [{ 'host-name': 5 }, getHostName],
      [[], getHostName],
      [null, getHostName],
      ['now', getTime],
      [{ name: ['Debian'] }, getOsInfo],
    ] as const) {
      const peer = new Peer(agentWith(all, (sent) => returned(value, sent)));
      expect(await failure(peer.session.call<unknown>(request)), JSON.stringify(value)).to.include({
        failure: 'protocol',
      });
    }
  });

  it('rejects a reply that is too long or nested too deep without waiting for the deadline', async () => {
    for (const text of [
      `{"return": "${'x'.repeat(5 * 1024 * 1024)}"}\n`,
      `{"return": ${'['.repeat(1000)}\n`,
    ]) {
      const peer = new Peer(
        agentWith(all, () => text),
        { timeoutMs: 20_000 },
      );
      expect(await failure(peer.session.call(getHostName))).to.include({ failure: 'protocol' });
    }
  });

  it('meets its deadline while the guest writes without end', async () => {
    let isFlooding = true;
    const flood = (peer: Peer): void => {
      if (!isFlooding) return;
      peer.say('{"return": 1}\n'.repeat(100));
      setImmediate(() => flood(peer));
    };
    const peer = new Peer((_, self) => void setImmediate(() => flood(self)));
    expect(await failure(peer.session.ping())).to.include({ failure: 'timeout' });
    isFlooding = false;
  });

  it('shows in a timeout what it received in place of a reply', async () => {
    const peer = new Peer(() => '\x1b[2Jguest login: \n');
    expect(String(await failure(peer.session.ping()))).to.contain(
      'received instead: "\\u001b[2Jguest login:"',
    );
  });

  it('knows how a command without a reply has ended', async () => {
    const accepted = new Peer(agentWith(all, () => undefined));
    expect(await accepted.session.depart(shutdown('reboot'))).to.equal('accepted');
    const closed = new Peer(
      agentWith(all, (_, self) => {
        self.end();
        return undefined;
      }),
    );
    expect(await closed.session.depart(shutdown('halt'))).to.match(/accepted|closed/);
    const refused = new Peer(agentWith(all, (request) => failed('no', request)));
    expect(await failure(refused.session.depart(shutdown('halt')))).to.include({ failure: 'rejected' });
  });
});

describe('files and programs of a guest', () => {
  const files = (read: (request: Sent) => string): Peer =>
    new Peer(
      agentWith(all, (request) => {
        switch (request.execute) {
          case 'guest-file-open':
            return returned(1000, request);
          case 'guest-file-seek':
            return returned({ position: 10, eof: false }, request);
          case 'guest-file-close':
            return returned({}, request);
          default:
            return read(request);
        }
      }),
    );
  const collect = async (peer: Peer): Promise<string> => {
    let text = '';
    for await (const bytes of readFile(peer.session, '/x')) text += Buffer.from(bytes).toString();
    return text;
  };
  const piece = (bytes: string, eof: boolean) => ({
    count: bytes.length,
    'buf-b64': Buffer.from(bytes).toString('base64'),
    eof,
  });

  it('are read to the end, and closed', async () => {
    const pieces = [piece('01234', false), piece('56789', false), piece('', true)];
    const peer = files((request) => returned(pieces.shift() ?? piece('', true), request));
    expect(await collect(peer)).to.equal('0123456789');
    expect(peer.names.at(-1)).to.equal('guest-file-close');
  });

  it('are not complete if they end too early', async () => {
    const peer = files((request) => returned(piece('0123', true), request));
    expect(await failure(collect(peer))).to.include({ failure: 'file' });
    expect(peer.names.at(-1)).to.equal('guest-file-close');
  });

  it('are rejected if the number of bytes is wrong, or they never end', async () => {
    for (const value of [
      { ...piece('0123', false), count: 5 },
      { ...piece('', false), 'buf-b64': '*' },
      piece('', false),
    ]) {
      expect(await failure(collect(files((request) => returned(value, request))))).to.include({
        failure: 'protocol',
      });
    }
  });

  it('are lost if the agent does not know a program any more', async () => {
    const peer = new Peer(
      agentWith(all, (request) =>
        request.execute === 'guest-exec'
          ? returned({ pid: 7 }, request)
          : failed("Invalid parameter 'pid'", request),
      ),
    );
    expect(await failure(exec(peer.session, { path: 'a', args: [] }))).to.include({ failure: 'restarted' });
  });
});
