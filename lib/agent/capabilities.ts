import { AgentError } from './error.js';
import type { AgentRequest } from './request.js';
import { booleanOf, listOf, objectOf, textOf } from './value.js';
import { commandVersions } from './versions.js';

/** What an agent can do (GuestAgentInfo). */
export interface Capabilities {
  /** The release of QEMU that the agent is part of, such as 7.2.22. */
  readonly version: string;
  /** Each command that the agent has, by name. */
  readonly commands: readonly CommandInfo[];
}

/** A command of an agent (GuestAgentCommandInfo). */
export interface CommandInfo {
  readonly name: string;
  /** Whether the guest's administrator allows it; while filesystems are frozen, the agent disables most commands. */
  readonly isEnabled: boolean;
}

export const getInfo: AgentRequest<Capabilities> = {
  name: 'guest-info',
  read: (value) => {
    const { version, supported_commands: commands } = objectOf(value);
    return {
      version: textOf(version),
      commands: listOf(commands, (item) => {
        const { name, enabled } = objectOf(item);
        return { name: textOf(name), isEnabled: booleanOf(enabled) };
      }).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    };
  },
};

/** What every agent has, and what is needed to ask for the rest. */
const always = ['guest-ping', 'guest-sync', 'guest-sync-delimited', 'guest-info'];

export const needsNoCheck = (command: string): boolean => always.includes(command);

/** @throws AgentError `unsupported` if the agent does not execute the command */
export function mustSupport({ version, commands }: Capabilities, command: string): void {
  const found = commands.find(({ name }) => name === command);
  if (found?.isEnabled) return;
  throw new AgentError('unsupported', found ? disabled : missing(version, command), { command });
}

export const disabled =
  'disabled in the guest: by the configuration of its agent (block-rpcs, allow-rpcs), or because its filesystems are frozen';

/** Why an agent does not have a command. */
export function missing(version: string | undefined, command: string): string {
  const known = commandVersions.get(command);
  const agent = version === undefined ? 'this agent' : `this agent, of QEMU ${version},`;
  if (!known) return `${agent} does not have this command, and neither do the agents of QEMU 7.2 and 10.0`;
  const { since, systems } = known;
  const where = systems === undefined ? '' : ` (${systems})`;
  return `${agent} does not have this command; agents have it since QEMU ${since}${where}`;
}
