import { expect } from 'chai';
import { isGate, type Scene } from './scenario.js';

/** The commands that change nothing in a guest, and that the agent of every guest has. */
const questions = [
  'ping',
  'info',
  'osinfo',
  'hostname',
  'users',
  'network',
  'fs info',
  'fs status',
  'time get',
] as const;

const megabytes = isGate ? 1 : 10;

interface Way {
  /** What the agent's channel is, for the report. */
  readonly over: string;
  /** The rate of the channel itself, in kB/s. */
  readonly raw?: number;
}

/**
 * Runs the commands of `virt2xen agent` that leave a guest running: each question, a program, the kernel's log, and a
 * file in both directions, which is measured.
 * @param target the arguments that name the agent
 */
export async function useAgent(
  { dom0, measure }: Scene,
  target: readonly string[],
  { over, raw }: Way,
): Promise<void> {
  const agent = async (...words: readonly string[]): Promise<string> => {
    const said = await dom0.attempt(['virt2xen', 'agent', ...target, ...words], { limitMs: 900_000 });
    expect(said.status, `${words.join(' ')}: ${said.stderr}`).to.equal(0);
    return said.stdout;
  };
  await agent('wait');
  for (const words of questions) {
    JSON.parse(await agent(...words.split(' '), '--json'));
  }
  expect(await agent('exec', '--', 'uname', '-s')).to.equal('Linux\n');
  expect(await agent('dmesg')).to.contain('Linux version');

  await dom0.run(`head -c ${megabytes * 1_000_000} /dev/urandom >/run/lab/data`);
  const start = Date.now();
  await agent('put', '/run/lab/data', '/run/data');
  const middle = Date.now();
  await agent('get', '/run/data', '/run/lab/back');
  const end = Date.now();
  await dom0.run('cmp /run/lab/data /run/lab/back');
  const rate = (ms: number): string =>
    `${Math.round((megabytes * 1_000_000) / ms)} kB/s${raw === undefined ? '' : `, ${Math.round(raw)} kB/s raw`}`;
  measure(`put of ${megabytes} MB over a ${over}`, rate(middle - start));
  measure(`get of ${megabytes} MB over a ${over}`, rate(end - middle));
}
