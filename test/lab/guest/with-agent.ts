/** Guests with QEMU's guest agent on a channel that xl makes, by either transport. */
import type { Scene } from '../scenario.js';
import { debianConfig, overlayOfDebian, prepareDebian } from './debian.js';
import { guestConfig, type Guest, type GuestType } from './guest.js';
import { portDevice } from './ports.js';

/** What the channel is, and the type of guest that the scenarios use with it. */
export const agentChannels = [
  { over: 'PV console', transport: 'pv-console', type: 'pv' },
  { over: 'virtio-serial port', transport: 'virtio-serial', type: 'hvm' },
] as const;

export type AgentChannel = (typeof agentChannels)[number];

export const agentName = 'org.qemu.guest_agent.0';
/** The channel's socket in dom0. */
export const agentSocket = '/run/lab/agent.sock';

/** The xl.cfg of a guest, extended by the channel of the agent. */
async function withAgentChannel(
  { dom0, suite }: Scene,
  config: string,
  { transport }: AgentChannel,
): Promise<string> {
  // xl 4.17 loses the first console.
  const isLost = suite.xen === '4.17' && transport === 'pv-console';
  const lost = isLost ? '"connection=pty,name=lost", ' : '';
  const whole = `${config}channel = [${lost}"connection=socket,path=${agentSocket},name=${agentName}"]\n`;
  if (transport === 'pv-console') return whole;
  await dom0.write('/run/lab/console.cfg', whole);
  return await dom0.run(`virt2xen convert --to xl --transport ${transport} /run/lab/console.cfg`);
}

/** Creates the small guest, named `agent`; `startAgent` starts its agent. */
export async function createAgentGuest(scene: Scene, channel: AgentChannel): Promise<Guest> {
  const config = guestConfig('agent', { type: scene.type });
  const guest = await scene.create('agent', await withAgentChannel(scene, config, channel));
  if (channel.transport === 'pv-console') await guest.connected([agentName]);
  return guest;
}

/** Starts the agent in the small guest. */
export async function startAgent(guest: Guest, { transport }: AgentChannel): Promise<void> {
  if (transport === 'pv-console') return await guest.agent(1);
  await guest.run('[ -d /sys/class/virtio-ports ] || load_virtio', 60_000);
  const device = await portDevice(guest, agentName);
  await guest.job(`qemu-ga -m virtio-serial -p ${device} -t /run`);
}

/** Creates a Debian guest whose own agent starts with it. Its disk is new each time. */
export async function createAgentDebian(scene: Scene, channel: AgentChannel, name = 'agent'): Promise<void> {
  const { dom0 } = scene;
  const type: GuestType = channel.type;
  await prepareDebian(dom0);
  const disk = '/run/lab/debian.qcow2';
  await dom0.write(disk, overlayOfDebian());
  const config = await withAgentChannel(scene, debianConfig(name, { type, disk }), channel);
  await dom0.write('/run/lab/debian.cfg', config);
  await startAgentDebian(scene);
}

/** Starts it again, with the disk that it had. */
export async function startAgentDebian({ dom0 }: Scene): Promise<void> {
  await dom0.run(['xl', 'create', '/run/lab/debian.cfg']);
}
