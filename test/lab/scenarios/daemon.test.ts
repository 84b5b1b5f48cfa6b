import { expect } from 'chai';
import { expectEcho, ptyChannel, remainsOf, socketChannel } from '../channels.js';
import { desire, documentPath, startDaemon } from '../daemon.js';
import { guestConfig } from '../guest/guest.js';
import { agentChannels, createAgentGuest, startAgent } from '../guest/with-agent.js';
import { scenario } from '../scenario.js';

const channels = socketChannel('first') + ptyChannel('second');
const names = ['first', 'second'] as const;
const path = '/run/lab/first.sock';
const image = '/run/lab/daemon.image';

describe('virt2xen daemon', () => {
  const types = { gate: ['pv'], all: ['pvh', 'hvm'] } as const;
  /** The host suite has the same without Xen. */
  const notInGate = { gate: [], all: ['pv', 'pvh', 'hvm'] } as const;

  scenario('attaches channels to the new domain after a reboot', types, async (scene) => {
    const { dom0, type, create, attach, measure } = scene;
    await desire(dom0, 'rebooted', channels, type);
    const daemon = await startDaemon(dom0);
    const guest = await create('rebooted', guestConfig('rebooted', { type }));
    await guest.connected(names);
    await guest.echo(1);
    await expectEcho(dom0.connect(path), 'before');
    await guest.job('reboot -f');
    await dom0.run(
      `until domid=$(xl domid rebooted 2>/dev/null) && [ "$domid" -gt ${guest.domid} ]; do sleep 1; done`,
      { limitMs: 300_000 },
    );
    await daemon.stderr.upTo('the guest has rebooted\n');
    const again = await attach('rebooted');
    await again.connected(names);
    await again.echo(1);
    await expectEcho(dom0.connect(path), 'after');
    expect(await remainsOf(dom0, guest.domid)).not.to.include(`/${guest.domid}/`);
    measure('daemon: channels after a reboot', 'work');
  });

  scenario('reports guest agents, and a guest that reboots', { gate: [], all: ['pv'] }, async (scene) => {
    const { dom0, attach, measure } = scene;
    const [channel] = agentChannels;
    const daemon = await startDaemon(dom0, ['--agent-events']);
    const guest = await createAgentGuest(scene, channel);
    await startAgent(guest, channel);
    await daemon.stderr.upTo('has a guest agent that answers\n');
    await guest.job('reboot -f');
    await daemon.stderr.upTo('has no guest agent any more\n');
    await daemon.stderr.upTo('the guest has rebooted\n');
    await daemon.stderr.upTo("'org.qemu.guest_agent.0' connected by the guest\n");
    await startAgent(await attach('agent'), channel);
    await daemon.stderr.upTo('has a guest agent that answers\n');
    await dom0.run(['xl', 'destroy', 'agent']);
    await daemon.stderr.upTo('has no guest agent any more\n');
    measure('daemon: agent up, agent down, guest rebooted', 'reported');
  });

  scenario('attaches channels again after xl save and xl restore', notInGate, async (scene) => {
    const { dom0, type, create, attach, measure } = scene;
    await desire(dom0, 'restored', channels, type);
    await startDaemon(dom0);
    const guest = await create('restored', guestConfig('restored', { type }));
    await guest.connected(names);
    await dom0.run(['xl', 'save', 'restored', image]);
    await dom0.run(['xl', 'restore', image]);
    const restored = await attach('restored');
    await restored.connected(names);
    await restored.echo(1);
    await expectEcho(dom0.connect(path), 'after');
    measure('daemon: channels after a restore', 'work');
  });

  scenario('is killed and started again, and no byte is lost', types, async (scene) => {
    const { dom0, type, create, measure } = scene;
    await desire(dom0, 'adopted', channels, type);
    const first = await startDaemon(dom0);
    const guest = await create('adopted', guestConfig('adopted', { type }));
    await guest.connected(names);
    await guest.echo(1);
    const client = dom0.connect(path);
    await expectEcho(client, 'before');
    await first.stop('KILL');
    await expectEcho(client, 'while none runs');
    const second = await startDaemon(dom0);
    await expectEcho(client, 'after');
    await client.stop();
    await dom0.run(['rm', documentPath('adopted.xml')]);
    await second.stderr.upTo("channel 'second' detached\n");
    await second.stop('TERM');
    expect(await second.exited).to.equal(0);
    await guest.connected([]);
    measure('daemon: killed and started again while a client is connected', 'no byte lost');
  });

  scenario(
    'starts a QEMU again that was killed, and bytes flow without a change in the guest',
    { gate: [], all: ['pv', 'pvh'] },
    async ({ dom0, type, create, measure }) => {
      await desire(dom0, 'kept', channels, type);
      await startDaemon(dom0);
      const guest = await create('kept', guestConfig('kept', { type }));
      await guest.connected(names);
      await guest.echo(1);
      const milliseconds = await dom0.run(`
      pid=$(xenstore-read /local/domain/${guest.domid}/image/device-model-pid)
      start=$(date +%s%N)
      kill -KILL "$pid"
      until echo again | socat -t 1 - UNIX-CONNECT:${path} 2>/dev/null | grep -q echo:again; do :; done
      echo $((($(date +%s%N) - start) / 1000000))`);
      measure('from SIGKILL of QEMU to the first bytes, with the daemon', `${milliseconds} ms`);
    },
  );

  scenario('cleans up after a domain that is destroyed', notInGate, async ({ dom0, type, create }) => {
    await desire(dom0, 'doomed', channels, type);
    const daemon = await startDaemon(dom0);
    const guest = await create('doomed', guestConfig('doomed', { type }));
    await guest.connected(names);
    await dom0.run(['xl', 'destroy', 'doomed']);
    await daemon.stderr.upTo('its channels were cleaned up\n');
    expect(await remainsOf(dom0, guest.domid)).to.equal('');
    expect(await dom0.run('ls /run/lab')).not.to.include('first.sock');
  });

  scenario('answers clients of varlink, varlinkctl among them', async ({ dom0, suite, create }) => {
    await desire(dom0, 'asked', channels, 'pv');
    await startDaemon(dom0);
    const guest = await create('asked', guestConfig('asked', { type: 'pv' }));
    await guest.connected(names);
    const listed = await dom0.run(
      `printf '{"method":"io.virt2xen.List"}\\0' | socat -t 10 - UNIX-CONNECT:/run/lab/control.sock | tr '\\0' '\\n'`,
    );
    expect(JSON.parse(listed)).to.have.nested.property('parameters.domains[0].domain.name', 'asked');
    // The systemd of bookworm has no varlinkctl.
    if (suite.name === 'bookworm') return;
    const described = await dom0.run(['varlinkctl', 'introspect', '/run/lab/control.sock', 'io.virt2xen']);
    expect(described).to.include('method Monitor() -> (');
    const call = ['varlinkctl', 'call', '--json=short', '/run/lab/control.sock'];
    const { status } = JSON.parse(await dom0.run([...call, 'io.virt2xen.Status', '{"domain":"asked"}'])) as {
      status: { channels: object[] };
    };
    expect(status.channels[0]).to.include({ name: 'first', state: 'connected' });
  });
});
