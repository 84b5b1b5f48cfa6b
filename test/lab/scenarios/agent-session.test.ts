import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { writeSection } from '../../report-section.js';
import { agentChannels, createAgentDebian } from '../guest/with-agent.js';
import { scenario, suiteName } from '../scenario.js';

const page = 'docs/agent.md';
const heading = '## A session';

interface Step {
  readonly command: string;
  /** Its standard output and standard error. */
  readonly output: string;
}

/** The section of the page: what precedes the session, and its steps. */
function readSession(): { readonly introduction: string; readonly steps: readonly Step[] } {
  const [, introduction = '', session = ''] =
    /^## A session\n\n([^]*?)```console\n([^]*?)^```$/m.exec(readFileSync(page, 'utf8')) ?? [];
  const steps = session
    .split(/^# /m)
    .slice(1)
    .map((step) => {
      const [command = ''] = step.split('\n', 1);
      return { command, output: step.slice(command.length + 1) };
    });
  return { introduction, steps };
}

const pageOf = (introduction: string, steps: readonly Step[]): string =>
  `${introduction}\`\`\`console\n${steps.map(({ command, output }) => `# ${command}\n${output}`).join('')}\`\`\``;

/** Without what differs each time: numbers, and the columns that depend on them. */
const comparable = ({ command, output }: Step): string =>
  `${command}\n${output.replaceAll(/\d+/g, '0').replaceAll(/ +/g, ' ')}`;

const mark = '\u0001';

/** One shell for all commands, so that `$?` is the status of the one before. */
const scriptOf = (steps: readonly Step[]): string =>
  `exec 2>&1; cd /run/lab; status=0\n${steps
    .map(({ command }) => `printf '\\1'; (exit $status); ${command}\nstatus=$?\n`)
    .join('')}`;

describe('the session in docs/agent.md', () => {
  // It is recorded on one suite; UPDATE_DOCS=1 records it again.
  scenario(
    'is what virt2xen prints for a Debian guest',
    { gate: [], all: suiteName === 'bookworm' ? ['pv'] : [] },
    async (scene) => {
      const { dom0 } = scene;
      const { introduction, steps } = readSession();
      expect(steps).not.to.be.empty;
      await createAgentDebian(scene, agentChannels[0], 'web01');
      await dom0.write('/run/lab/hello', 'some text\n');
      const { stdout } = await dom0.attempt(scriptOf(steps), { limitMs: 900_000 });
      const outputs = stdout.split(mark).slice(1);
      const recorded = steps.map(({ command }, at) => ({ command, output: outputs[at] ?? '' }));
      if (process.env['UPDATE_DOCS'] === '1')
        await writeSection(page, heading, pageOf(introduction, recorded));
      else expect(recorded.map(comparable)).to.deep.equal(steps.map(comparable));
    },
  );
});
