/** What `virt2xen agent` accepts: its commands with their operands and options. Parsed without yargs: see agent-main.ts. */
export interface AgentCommandUsage {
  readonly name: string;
  /** As in the help: `USER [FILE]`. */
  readonly operands: string;
  readonly describe: string;
  /** The options of this command alone. */
  readonly options: readonly (keyof typeof commandOptions)[];
  /** The commands of the agent that it sends, besides guest-sync-delimited and guest-info. */
  readonly sends: readonly string[];
}

interface OptionUsage {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** The name of its value in the help. */
  readonly value?: string;
  readonly describe: string;
}

/** The options of every command. */
export const commonOptions = {
  socket: {
    type: 'string',
    value: 'PATH',
    describe: 'Unix socket of the channel, in place of a domain; on KVM hosts, too',
  },
  channel: {
    type: 'string',
    value: 'NAME',
    describe: 'Name of the channel (default: org.qemu.guest_agent.0)',
  },
  timeout: {
    type: 'string',
    value: 'SECONDS',
    describe: 'Deadline of each request to the agent (default: 10); of all of wait',
  },
  'lock-timeout': {
    type: 'string',
    value: 'SECONDS',
    describe: 'How long to wait for another virt2xen process that uses the channel (default: 10)',
  },
  'runtime-dir': {
    type: 'string',
    value: 'DIR',
    describe: 'Directory for the state of attached channels (default: /run/virt2xen)',
  },
  json: { type: 'boolean', describe: 'Print JSON' },
  help: { type: 'boolean', short: 'h', describe: 'Show help' },
} as const satisfies Readonly<Record<string, OptionUsage>>;

/** The options of single commands. */
export const commandOptions = {
  for: { type: 'string', value: 'STATE', describe: 'up (default) or down' },
  stdin: { type: 'boolean', short: 'i', describe: 'Pass standard input to the program' },
  env: {
    type: 'string',
    value: 'NAME=VALUE',
    describe: 'Environment of the program, in place of that of the agent; may be repeated',
  },
  minimum: { type: 'string', value: 'BYTES', describe: 'Smallest range of free blocks to discard' },
  crypted: { type: 'boolean', describe: 'The password is a hash' },
  reset: { type: 'boolean', describe: 'Remove all other keys' },
} as const satisfies Readonly<Record<string, OptionUsage>>;

const fileCommands = ['guest-file-open', 'guest-file-seek', 'guest-file-close'];

/** In the order of the help and of docs/agent.md. */
export const agentCommands: readonly AgentCommandUsage[] = [
  {
    name: 'ping',
    operands: '',
    describe: 'Check that the agent answers',
    options: [],
    sends: ['guest-ping'],
  },
  {
    name: 'wait',
    operands: '',
    describe: 'Wait until the agent answers, or until it does not',
    options: ['for'],
    sends: ['guest-ping'],
  },
  {
    name: 'info',
    operands: '',
    describe: 'Show version and commands of the agent',
    options: [],
    sends: ['guest-info'],
  },
  {
    name: 'osinfo',
    operands: '',
    describe: "Show the guest's operating system",
    options: [],
    sends: ['guest-get-osinfo'],
  },
  {
    name: 'hostname',
    operands: '',
    describe: "Show the guest's host name",
    options: [],
    sends: ['guest-get-host-name'],
  },
  {
    name: 'users',
    operands: '',
    describe: 'Show the users that are logged in',
    options: [],
    sends: ['guest-get-users'],
  },
  {
    name: 'network',
    operands: '',
    describe: 'Show interfaces and addresses',
    options: [],
    sends: ['guest-network-get-interfaces'],
  },
  { name: 'disks', operands: '', describe: 'Show disks', options: [], sends: ['guest-get-disks'] },
  {
    name: 'fs',
    operands: 'info',
    describe: 'Show mounted filesystems',
    options: [],
    sends: ['guest-get-fsinfo'],
  },
  {
    name: 'fs',
    operands: 'status',
    describe: 'Show whether filesystems are frozen',
    options: [],
    sends: ['guest-fsfreeze-status'],
  },
  {
    name: 'fs',
    operands: 'freeze [MOUNTPOINT...]',
    describe: 'Freeze filesystems, until thaw',
    options: [],
    sends: ['guest-fsfreeze-freeze', 'guest-fsfreeze-freeze-list'],
  },
  {
    name: 'fs',
    operands: 'thaw',
    describe: 'Thaw all filesystems',
    options: [],
    sends: ['guest-fsfreeze-thaw'],
  },
  {
    name: 'fs',
    operands: 'trim',
    describe: 'Discard unused blocks',
    options: ['minimum'],
    sends: ['guest-fstrim'],
  },
  {
    name: 'time',
    operands: 'get',
    describe: "Show the guest's clock",
    options: [],
    sends: ['guest-get-time'],
  },
  {
    name: 'time',
    operands: 'set [TIME]',
    describe: "Set the guest's clock: now, rtc or an ISO 8601 time (default: now)",
    options: [],
    sends: ['guest-set-time'],
  },
  {
    name: 'exec',
    operands: '-- PROGRAM [ARG...]',
    describe: 'Run a program; exit with its status',
    options: ['stdin', 'env'],
    sends: ['guest-exec', 'guest-exec-status'],
  },
  {
    name: 'cat',
    operands: 'PATH',
    describe: 'Print a file of the guest',
    options: [],
    sends: [...fileCommands, 'guest-file-read'],
  },
  {
    name: 'get',
    operands: 'PATH LOCAL',
    describe: 'Copy a file from the guest',
    options: [],
    sends: [...fileCommands, 'guest-file-read'],
  },
  {
    name: 'put',
    operands: 'LOCAL PATH',
    describe: 'Copy a file into the guest; - for standard input',
    options: [],
    sends: [...fileCommands, 'guest-file-write', 'guest-file-flush'],
  },
  {
    name: 'dmesg',
    operands: '',
    describe: "Print the messages of the guest's kernel",
    options: [],
    sends: ['guest-exec', 'guest-exec-status'],
  },
  { name: 'shutdown', operands: '', describe: 'Shut the guest down', options: [], sends: ['guest-shutdown'] },
  { name: 'reboot', operands: '', describe: 'Reboot the guest', options: [], sends: ['guest-shutdown'] },
  { name: 'halt', operands: '', describe: 'Halt the guest', options: [], sends: ['guest-shutdown'] },
  {
    name: 'suspend',
    operands: '[ram|disk|hybrid]',
    describe: 'Suspend the guest (default: ram)',
    options: [],
    sends: ['guest-suspend-ram', 'guest-suspend-disk', 'guest-suspend-hybrid'],
  },
  {
    name: 'set-password',
    operands: 'USER',
    describe: "Set a user's password, read from the terminal or standard input",
    options: ['crypted'],
    sends: ['guest-set-user-password'],
  },
  {
    name: 'ssh-keys',
    operands: 'list USER',
    describe: "Show a user's SSH keys",
    options: [],
    sends: ['guest-ssh-get-authorized-keys'],
  },
  {
    name: 'ssh-keys',
    operands: 'add USER FILE',
    describe: 'Add keys; - for standard input',
    options: ['reset'],
    sends: ['guest-ssh-add-authorized-keys'],
  },
  {
    name: 'ssh-keys',
    operands: 'remove USER FILE',
    describe: 'Remove keys',
    options: [],
    sends: ['guest-ssh-remove-authorized-keys'],
  },
  { name: 'raw', operands: 'JSON', describe: 'Send a request, and print the reply', options: [], sends: [] },
];
