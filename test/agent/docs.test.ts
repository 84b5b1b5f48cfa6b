import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { commandVersions } from '../../lib/agent/versions.js';
import { agentCommands } from '../../cli/agent/usage.js';
import { commandRows } from './command-table.js';

describe('the page of the guest agent', () => {
  it('has a row for each command, with the commands of the agent and their first versions', () => {
    const page = readFileSync('docs/agent.md', 'utf8');
    const [, table = ''] = /\n## Commands\n[^]*?\n\| -[^\n]*\n([^]*?)\n\n/.exec(page) ?? [];
    const rows = table.split('\n').map((line) =>
      line
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
    expect(rows).to.deep.equal(commandRows);
  });

  it('knows the version of each command that is sent', () => {
    for (const { sends } of agentCommands)
      for (const name of sends) expect(commandVersions.has(name), name).to.equal(true);
  });
});
