import { expect } from 'chai';
import { setTimeout as sleep } from 'node:timers/promises';
import { agentChannels, agentSocket, createAgentGuest, startAgent } from '../guest/with-agent.js';
import { scenario, type Scene } from '../scenario.js';

/**
 * Runs programs one after the other, in one process; each prints another text, and a wrong text is a failure. With a
 * number, so many in one session, which must all succeed. Without one, a program for each line of the standard input,
 * in a session of its own, again until it succeeds; what it failed with before is counted.
 */
const loop = `
import { createInterface } from 'node:readline';
import { exec } from '/opt/virt2xen/package/dist/lib/agent/index.js';
import { openSession } from '/opt/virt2xen/package/dist/lib/agent/node/index.js';
const count = process.argv[2];
// An agent that was killed does not answer: the deadline ends the call.
const timeoutMs = count === undefined ? 5000 : 20_000;
const open = () => openSession({ kind: 'socket', path: '${agentSocket}' }, { purpose: 'lab', timeoutMs });
const echo = async (session, at) => {
  const { exitCode, stdout } = await exec(session, { path: 'echo', args: [String(at)] });
  const text = new TextDecoder().decode(stdout);
  if (exitCode !== 0 || text !== at + '\\n') throw new Error('program ' + at + ' printed ' + text);
};
let right = 0;
const failures = [];
if (count !== undefined) {
  const { session } = await open();
  for (; right < Number(count); right += 1) await echo(session, right);
  session.close();
} else {
  for await (const line of createInterface(process.stdin)) {
    for (let isRight = false; !isRight; ) {
      let opened;
      try {
        opened = await open();
        await echo(opened.session, line);
        isRight = true;
      } catch (error) {
        if (error.failure === undefined) throw error;
        failures.push(error.failure);
      } finally {
        await opened?.[Symbol.asyncDispose]();
      }
    }
    right += 1;
    console.log(line);
  }
}
const which = failures.length === 0 ? '' : ', ' + failures.length + ' failed (' + [...new Set(failures)].join(', ') + ')';
console.log(right + ' right' + which);
`;

async function writeLoop({ dom0 }: Scene): Promise<string> {
  await dom0.write('/run/lab/loop.mjs', loop);
  return '/run/lab/loop.mjs';
}

const runLoop = async (scene: Scene, words: readonly string[]) =>
  await scene.dom0.attempt(['node', await writeLoop(scene), ...words], { limitMs: 1_500_000 });

const agent = ({ dom0 }: Scene, ...words: readonly string[]) =>
  dom0.attempt(['virt2xen', 'agent', 'agent', '--timeout', '120', ...words], { limitMs: 900_000 });

for (const channel of agentChannels) {
  const types = { gate: [], all: [channel.type] } as const;

  describe(`virt2xen agent over a ${channel.over}`, () => {
    scenario('runs 1,000 programs in a row', types, async (scene) => {
      const guest = await createAgentGuest(scene, channel);
      await startAgent(guest, channel);
      const { stdout } = await runLoop(scene, ['1000']);
      expect(stdout).to.equal('1000 right\n');
    });

    scenario('survives an agent that is killed 200 times', types, async (scene) => {
      const guest = await createAgentGuest(scene, channel);
      await startAgent(guest, channel);
      const running = scene.dom0.start(['node', await writeLoop(scene)]);
      for (let at = 1; at <= 200; at += 1) {
        running.write(`${at}\n`);
        await sleep((at % 10) * 50);
        await guest.run('killall -9 qemu-ga; true');
        await startAgent(guest, channel);
        expect(await running.stdout.line(120_000)).to.equal(String(at));
      }
      running.end();
      const result = await running.stdout.line();
      expect(await running.exited, running.stderr.text()).to.equal(0);
      expect(result).to.match(/^200 right(, [0-9]+ failed \((closed|restarted|timeout|[, ])+\))?$/);
      scene.measure(`programs over a ${channel.over} while the agent was killed 200 times`, result);
      expect(await agent(scene, 'ping')).to.include({ status: 0 });
    });
  });
}
