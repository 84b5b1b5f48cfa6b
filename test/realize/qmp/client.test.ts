import { expect } from 'chai';
import { QmpClient, withQmp } from '../../../lib/realize/qmp/client.js';
import { queryChardev, queryStatus } from '../../../lib/realize/qmp/commands.js';
import { failure, greeting, talker, withPeer } from './peer.js';

const timeoutMs = 100;

describe('the QMP client', () => {
  it('reads the version from the greeting', async () => {
    await withPeer(
      talker(() => ''),
      async (path) => {
        const version = await withQmp(path, (qmp) => Promise.resolve(qmp.version));
        expect(version).to.deep.equal({ major: 7, minor: 2, micro: 22, package: 'Debian' });
      },
    );
  });

  it('matches answers to commands by ID, and passes on events between them', async () => {
    const event = '{"timestamp": {"seconds": 5, "microseconds": 500000}, "event": "STOP"}\r\n';
    const answers = [
      (id: number) => `${event}{"return": {"status": "running", "running": true}, "id": ${id}}\r\n`,
      (id: number) => `{"return": [], "id": ${id}}\r\n{"return": {}, "id": 99}\r\n`,
    ];
    const peer = talker((_, id) => answers.shift()?.(id) ?? '');
    await withPeer(peer, async (path) => {
      const qmp = await QmpClient.connect(path);
      const events = qmp.events();
      const results = await Promise.all([qmp.execute(queryStatus), qmp.execute(queryChardev)]);
      expect(results).to.deep.equal([{ status: 'running', running: true }, []]);
      expect((await events.next()).value).to.deep.equal({
        kind: 'event',
        name: 'STOP',
        data: {},
        timeSeconds: 5.5,
      });
      qmp.close();
      expect((await events.next()).done).to.equal(true);
      expect((await qmp.events().next()).done).to.equal(true);
    });
  });

  it('returns class and desc of an error', async () => {
    const answer = (_: string, id: number): string =>
      `{"id": ${id}, "error": {"class": "DeviceNotFound", "desc": "Device 'a' not found"}}\n`;
    await withPeer(talker(answer), async (path) => {
      const error = await failure(withQmp(path, (qmp) => qmp.execute(queryStatus)));
      expect(error).to.include({
        name: 'QmpError',
        failure: 'refused',
        command: 'query-status',
        class: 'DeviceNotFound',
        desc: "Device 'a' not found",
        message: "QMP query-status: Device 'a' not found",
      });
    });
  });

  it('treats an error without an ID as the answer to the oldest command', async () => {
    const answer = (command: string, id: number): string =>
      command === 'query-status'
        ? '{"error": {"class": "GenericError", "desc": "JSON parse error"}}\n'
        : `{"return": [], "id": ${id}}\n`;
    await withPeer(talker(answer), async (path) => {
      await withQmp(path, async (qmp) => {
        const [status, chardevs] = await Promise.allSettled([
          qmp.execute(queryStatus),
          qmp.execute(queryChardev),
        ]);
        expect(status.status).to.equal('rejected');
        expect(chardevs).to.deep.include({ status: 'fulfilled', value: [] });
      });
    });
  });

  it('times out for a command without an answer, and remains usable', async () => {
    const answer = (command: string, id: number): string =>
      command === 'query-status' ? '' : `{"return": [], "id": ${id}}\n`;
    await withPeer(talker(answer), async (path) => {
      await withQmp(path, async (qmp) => {
        expect(await failure(qmp.execute(queryStatus, { timeoutMs }))).to.include({ failure: 'timeout' });
        expect(await qmp.execute(queryChardev)).to.deep.equal([]);
      });
    });
  });

  it('reports a monitor without a greeting as busy', async () => {
    await withPeer(
      () => undefined,
      async (path) => {
        const error = await failure(QmpClient.connect(path, { timeoutMs }));
        expect(error).to.include({ failure: 'busy' });
        expect(String(error)).to.contain('another client uses the monitor');
      },
    );
  });

  it('reports that the connection was closed before an answer', async () => {
    await withPeer(
      (socket) => {
        socket.write(greeting);
        socket.once('data', () => socket.end());
      },
      async (path) => {
        expect(await failure(QmpClient.connect(path))).to.include({
          failure: 'closed',
          command: 'qmp_capabilities',
        });
      },
    );
  });

  it('fails commands that are pending at a close, and later ones', async () => {
    await withPeer(
      talker(() => ''),
      async (path) => {
        const qmp = await QmpClient.connect(path);
        const open = failure(qmp.execute(queryStatus));
        qmp.close();
        expect(await open).to.include({ failure: 'closed' });
        expect(await failure(qmp.execute(queryChardev))).to.include({
          failure: 'closed',
          command: 'query-chardev',
        });
      },
    );
  });

  it('reports that no process listens', async () => {
    await withPeer(
      () => undefined,
      async (path) => {
        expect(await failure(QmpClient.connect(`${path}.other`))).to.include({ failure: 'unreachable' });
      },
    );
  });

  for (const [what, text] of [
    ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['other JSON', '{"jsonrpc": "2.0"}\n'],
    ['a greeting without a version', '{"QMP": {}}\n'],
  ] as const) {
    it(`does not accept ${what} as a monitor`, async () => {
      await withPeer(
        (socket) => socket.write(text),
        async (path) => {
          expect(await failure(QmpClient.connect(path))).to.include({ failure: 'protocol' });
        },
      );
    });
  }

  it('does not accept a result of an unexpected type', async () => {
    await withPeer(
      talker((_, id) => `{"return": {"status": 1}, "id": ${id}}\n`),
      async (path) => {
        const error = await failure(withQmp(path, (qmp) => qmp.execute(queryStatus)));
        expect(error).to.include({ failure: 'protocol' });
      },
    );
  });
});
