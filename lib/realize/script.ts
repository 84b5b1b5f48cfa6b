import { formatPermissions, type Permissions } from './xenstore/permissions.js';
import { below } from './xenstore/path.js';
import { domId } from './domid.js';
import { pathsOf, type KeyWrite } from './keys.js';
import { chardevsOf, planWrites, type Plan, type PlannedChannel } from './plan.js';
import { pidFileOf, qemuArguments } from './qemu/argv.js';
import { chardevOption } from './qemu/chardev.js';
import type { QemuVersion } from './qemu/version.js';
import { chardevIdOf } from './served-by.js';

export interface ScriptOptions {
  /** Of the sockets: permission bits, and who owns them, by number. */
  readonly access: {
    readonly mode: number;
    readonly owner?: { readonly uid?: number; readonly gid?: number };
  };
  /** Where a QEMU of the script's own lives. */
  readonly directory: string;
}

/** Its options are those that all later releases take, too. */
export const planVersion: QemuVersion = { major: 7, minor: 2, micro: 0, package: '' };

/** The QEMU that a script starts, unless the variable QEMU says otherwise. */
export const planQemu = '/usr/libexec/xen-qemu-system-i386';

/**
 * A plan as a shell script, to be read, and to be run once by root on the domain's host. It shows what is done,
 * and in which order; it remembers nothing, and cannot undo what it began. xenstore's commands have no
 * transactions with permissions in them, so it writes what starts a side last.
 *
 * @returns nothing if a backend's work cannot be said so: a stubdomain's, or a plug-in's
 */
export function planScript(plan: Plan, options: ScriptOptions): string | undefined {
  const served = plan.channels.map(({ backend }) => backend);
  if (served.some((backend) => !['qemu', 'device-model', 'driver-domain'].includes(backend)))
    return undefined;
  const { domain } = plan;
  return [
    '#!/bin/sh',
    comment(`Channels of domain ${domain.domid} (${domain.name}), by virt2xen plan --script`),
    'set -eu',
    '',
    ...hostEnds(plan, options),
    '# The keys. The guest looks at a frontend when its state is 1; so that is written last.',
    ...keys(plan),
    '',
  ].join('\n');
}

function hostEnds(plan: Plan, options: ScriptOptions): readonly string[] {
  const byOne = (name: string): readonly PlannedChannel[] =>
    plan.channels.filter(({ backend }) => backend === name);
  const lines: string[] = [];
  const [ours, deviceModels] = [byOne('qemu'), byOne('device-model')];
  if (ours.length > 0) {
    const { domain } = plan;
    const { directory } = options;
    const args = qemuArguments({ domain, chardevs: chardevsOf(ours), directory }, planVersion);
    lines.push(
      '# A QEMU that serves the rings. Its sockets are for root alone at first.',
      command('mkdir', '-p', '-m', '0700', directory),
      'umask 0177',
      `"\${QEMU:-${planQemu}}" \\`,
      ...pairs(args).map((pair) => `  ${pair.map(quote).join(' ')} \\`),
      '  -daemonize',
      `# It ends with: kill "$(cat ${quote(pidFileOf(directory))})"`,
      '',
    );
  }
  if (deviceModels.length > 0) {
    lines.push("# The domain's device model gets chardevs.");
    for (const { devid, chardev } of deviceModels) {
      const option = chardevOption(chardevIdOf(devid), chardev, planVersion);
      lines.push(command('xl', 'qemu-monitor-command', String(plan.domain.domid), `chardev-add ${option}`));
    }
    lines.push('');
  }
  const sockets = [...ours, ...deviceModels].flatMap(({ chardev }) =>
    chardev.type === 'unix' && chardev.mode === 'listen' ? [chardev.path] : [],
  );
  const { owner, mode } = options.access;
  for (const path of sockets) {
    const who = owner && `${owner.uid ?? ''}${owner.gid === undefined ? '' : `:${owner.gid}`}`;
    if (who) lines.push(command('chown', '--', who, path));
    lines.push(command('chmod', '--', `0${mode.toString(8)}`, path));
  }
  return lines;
}

function keys(plan: Plan): readonly string[] {
  const { domid } = plan.domain;
  const paths = plan.channels.map((channel) => pathsOf(domid, channel));
  const frontends = new Set<string>(paths.map(({ frontend }) => frontend));
  const states = new Set<string>(paths.map(({ frontend }) => below(frontend, 'state')));
  const isBackend = ({ path }: KeyWrite): boolean =>
    paths.some(({ backend }) => path === backend || path.startsWith(`${backend}/`));

  const writes = planWrites(plan);
  const ofBackends = writes.filter(isBackend);
  const others = writes.filter((write) => !isBackend(write) && !states.has(write.path));
  return [
    ...others.flatMap(({ path, value, permissions }) => [
      command('xenstore-write', path, value),
      // A guest that owned the directory now could change what is written there before its own chmod.
      frontends.has(path) ? chmod(path, onlyDom0) : chmod(path, permissions),
    ]),
    ...(ofBackends.length === 0 ? [] : [inOneTransaction(ofBackends)]),
    ...ofBackends.map(({ path, permissions }) => chmod(path, permissions)),
    ...others.flatMap(({ path, permissions }) => (frontends.has(path) ? [chmod(path, permissions)] : [])),
    ...writes.flatMap(({ path, value, permissions }) =>
      states.has(path) ? [command('xenstore-write', path, value), chmod(path, permissions)] : [],
    ),
  ];
}

const onlyDom0: Permissions = { owner: domId(0), others: 'none' };

/** xenstore-write writes all that it is given in one. */
const inOneTransaction = (writes: readonly KeyWrite[]): string =>
  ['xenstore-write', ...writes.map(({ path, value }) => `  ${command(path, value)}`)].join(' \\\n');

const chmod = (path: string, permissions: Permissions): string =>
  command('xenstore-chmod', path, ...formatPermissions(permissions).split(','));

const command = (...words: readonly string[]): string => words.map(quote).join(' ');

/** An option and its value on one line. */
function pairs(args: readonly string[]): readonly (readonly string[])[] {
  const lines: string[][] = [];
  for (const word of args) {
    const last = lines.at(-1);
    if (word.startsWith('-') || !last) lines.push([word]);
    else last.push(word);
  }
  return lines;
}

/** A word as a shell takes it, whatever it holds. */
export const quote = (word: string): string =>
  /^[-+=:,./\w]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

/** A name may hold a line's end, and what follows would be a command. */
// eslint-disable-next-line no-control-regex -- these are the characters to find
const comment = (text: string): string => `# ${text.replaceAll(/[\x00-\x1f\x7f]/g, '?')}`;
