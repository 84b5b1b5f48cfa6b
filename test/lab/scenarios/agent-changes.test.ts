import { expect } from 'chai';
import { askAgent } from '../agent-commands.js';
import { waitFor, type Outcome } from '../dom0/dom0.js';
import { agentChannels, createAgentDebian, startAgentDebian } from '../guest/with-agent.js';
import { scenario, type Scene } from '../scenario.js';

/** An emulated guest is slow. */
const target = ['agent', '--timeout', '120'];
const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIN1p5Jv0bXw0Z0m8vZ2Kk1bqg0Jm3m2t5m4f5p6q7r8s lab';

/** Runs `virt2xen agent`, whatever its status. */
const attempt = ({ dom0 }: Scene, words: readonly string[], input = ''): Promise<Outcome> =>
  dom0.attempt(['virt2xen', 'agent', ...target, ...words], { limitMs: 900_000, input });

/** As `attempt`, but it must succeed. @returns its standard output */
async function run(scene: Scene, words: readonly string[], input = ''): Promise<string> {
  const { status, stdout, stderr } = await attempt(scene, words, input);
  expect(status, `${words.join(' ')}: ${stderr}`).to.equal(0);
  return stdout;
}

const json = async (scene: Scene, ...words: readonly string[]): Promise<Record<string, unknown>> =>
  JSON.parse(await run(scene, [...words, '--json'])) as Record<string, unknown>;

/** A program in the guest. @returns its standard output */
const inGuest = (scene: Scene, line: string): Promise<string> =>
  run(scene, ['exec', '--', '/bin/sh', '-c', line]);

const domid = async ({ dom0 }: Scene): Promise<number | undefined> => {
  const { status, stdout } = await dom0.attempt(['xl', 'domid', 'agent']);
  return status === 0 ? Number(stdout) : undefined;
};

async function setClock(scene: Scene): Promise<void> {
  // A PV guest has no hardware clock, and Debian 13 no hwclock(8): the agent reports that after it has set the clock.
  const isSetWhole = scene.type === 'hvm' && scene.suite.name === 'bookworm';
  for (const time of [['2030-01-31T12:00:00Z'], []]) {
    const { status, stderr } = await attempt(scene, ['time', 'set', ...time]);
    expect(stderr).to.match(isSetWhole ? /^$/ : /hwclock/);
    expect(status).to.equal(isSetWhole ? 0 : 1);
    if (time.length > 0) expect((await json(scene, 'time', 'get'))['time']).to.match(/^2030-01-31T12:/);
  }
  expect(Math.abs((await json(scene, 'time', 'get'))['aheadMs'] as number)).to.be.below(600_000);
}

async function freezeFilesystems(scene: Scene): Promise<void> {
  for (const mountpoints of [[], ['/']]) {
    expect(await json(scene, 'fs', 'freeze', ...mountpoints)).to.deep.equal({ frozen: 1 });
    expect(await json(scene, 'fs', 'status')).to.deep.equal({ status: 'frozen' });
    const rejected = await attempt(scene, ['exec', '--', 'true']);
    expect(rejected.status).to.equal(255);
    expect(rejected.stderr).to.contain('guest-exec');
    expect(await json(scene, 'fs', 'thaw')).to.deep.equal({ thawed: 1 });
    expect(await json(scene, 'fs', 'status')).to.deep.equal({ status: 'thawed' });
  }
  // Whether blocks can be discarded is up to the disk; the agent reports it for each filesystem.
  expect(await json(scene, 'fs', 'trim')).to.have.nested.property('trimmed[0].path', '/');
}

async function changeAccounts(scene: Scene): Promise<void> {
  const { dom0 } = scene;
  const hash = () => inGuest(scene, "sed -n 's/^root:\\([^:]*\\):.*/\\1/p' /etc/shadow");
  const before = await hash();
  await run(scene, ['set-password', 'root'], 'a "b\\ü\n');
  const after = await hash();
  expect(after).not.to.equal(before);
  expect(after).to.match(/^\$/);
  await run(scene, ['set-password', '--crypted', 'root'], '$6$salt$hash\n');
  expect(await hash()).to.equal('$6$salt$hash\n');

  await dom0.write('/run/lab/keys', `${key}\n`);
  await run(scene, ['ssh-keys', 'add', 'root', '/run/lab/keys']);
  expect(await json(scene, 'ssh-keys', 'list', 'root')).to.deep.equal({ user: 'root', keys: [key] });
  // The agent ends the file without a newline.
  expect((await inGuest(scene, 'cat /root/.ssh/authorized_keys')).trimEnd()).to.equal(key);
  await run(scene, ['ssh-keys', 'remove', 'root', '/run/lab/keys']);
  expect(await json(scene, 'ssh-keys', 'list', 'root')).to.deep.equal({ user: 'root', keys: [] });
}

/** What the guest does with it depends on its kernel: see docs/agent.md. */
async function suspendGuest(scene: Scene): Promise<void> {
  const { status, stdout, stderr } = await attempt(scene, ['suspend', '--timeout', '30', '--json']);
  scene.measure('suspend', `status ${status}: ${(stdout + stderr).replaceAll(/\s+/g, ' ').trim()}`);
  expect([0, 1]).to.contain(status);
  if (status === 1) return;
  // It is accepted before the guest sleeps; a resume that comes too early is lost.
  await attempt(scene, ['wait', '--for', 'down', '--timeout', '120']);
  await scene.dom0.attempt(['xl', 'trigger', 'agent', 's3resume']);
  const { status: resumed } = await attempt(scene, ['wait', '--timeout', '180']);
  scene.measure(
    'suspend: the agent after xl trigger s3resume',
    resumed === 0 ? 'answers' : 'does not answer',
  );
  if (resumed === 0) return;
  await scene.dom0.run(['xl', 'destroy', 'agent']);
  await startAgentDebian(scene);
  await run(scene, ['wait']);
}

async function rebootGuest(scene: Scene): Promise<void> {
  const before = (await domid(scene)) ?? 0;
  expect((await json(scene, 'reboot'))['outcome']).to.match(/^(accepted|closed)$/);
  await waitFor('the new domain', async () => ((await domid(scene)) ?? 0) > before || undefined);
  await run(scene, ['wait']);
  expect(await inGuest(scene, 'cat /root/kept')).to.equal('kept\n');
}

for (const channel of agentChannels) {
  describe(`virt2xen agent over a ${channel.over}, in a Debian guest`, () => {
    scenario('executes every command', { gate: [], all: [channel.type] }, async (scene) => {
      const { dom0 } = scene;
      await createAgentDebian(scene, channel);
      await askAgent(dom0, target);
      expect(JSON.stringify(await json(scene, 'disks'))).to.contain('xvda');
      expect(await run(scene, ['exec', '-i', '--', 'cat'], 'a line\n')).to.equal('a line\n');
      expect(await run(scene, ['raw', '{"execute":"guest-get-host-name"}'])).to.contain('debian');
      await setClock(scene);
      await freezeFilesystems(scene);
      await changeAccounts(scene);
      await run(scene, ['put', '-', '/root/kept'], 'kept\n');
      expect(await run(scene, ['cat', '/root/kept'])).to.equal('kept\n');
      await rebootGuest(scene);
      await suspendGuest(scene);

      expect((await json(scene, 'halt'))['outcome']).to.match(/^(accepted|closed|silent)$/);
      if ((await domid(scene)) !== undefined) {
        await run(scene, ['wait', '--for', 'down', '--timeout', '300']);
        await dom0.attempt(['xl', 'destroy', 'agent']);
      }
      await startAgentDebian(scene);
      await run(scene, ['wait']);
      expect((await json(scene, 'shutdown'))['outcome']).to.match(/^(accepted|closed)$/);
      await waitFor('the end of the domain', async () => (await domid(scene)) === undefined || undefined);
    });
  });
}
