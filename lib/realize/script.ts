import { escapeControls } from '../text/controls.js';
import { quoteForShell } from '../text/shell.js';
import { formatPermissions, type Permissions } from './xenstore/permissions.js';
import { below } from './xenstore/path.js';
import { domId } from './domid.js';
import { pathsOf, planWrites, type KeyWrite } from './keys.js';
import { chardevsOf, type Plan, type PlannedChannel } from './plan.js';
import { pidFileOf, qemuArguments } from './qemu/argv.js';
import { chardevOption } from '../qemu-syntax/chardev.js';
import { oldestQemu } from '../qemu-syntax/version.js';
import { chardevIdOf } from './served-by.js';

export interface ScriptOptions {
  /** Mode and owner of the sockets. */
  readonly access: {
    readonly mode: number;
    readonly owner?: { readonly uid?: number; readonly gid?: number };
  };
  /** The directory of the QEMU that the script starts. */
  readonly directory: string;
}

/** The QEMU that a script starts, unless the variable QEMU is set. */
export const planQemu = '/usr/libexec/xen-qemu-system-i386';

/**
 * A plan as a shell script, to be run once by root on the host of the domain. It shows all steps in order; it
 * keeps no record and does not roll back on errors. The xenstore commands cannot set permissions in a
 * transaction, so the script writes the key that starts each end last.
 *
 * @returns `undefined` for a backend without a script: a stubdomain or a plug-in
 */
export function planScript(plan: Plan, options: ScriptOptions): string | undefined {
  const served = plan.channels.map(({ backend }) => backend);
  if (served.some((backend) => !['qemu', 'device-model', 'driver-domain'].includes(backend)))
    return undefined;
  const { domain } = plan;
  return [
    '#!/bin/sh',
    comment(`Channels of domain ${domain.domid} (${domain.name}), written by virt2xen plan`),
    'set -eu',
    '',
    ...endpoints(plan, options),
    '# The keys. The guest reads a frontend when its state is 1, so that key is written last.',
    ...keys(plan),
    '',
  ].join('\n');
}

function endpoints(plan: Plan, options: ScriptOptions): readonly string[] {
  const byOne = (name: string): readonly PlannedChannel[] =>
    plan.channels.filter(({ backend }) => backend === name);
  const lines: string[] = [];
  const [ours, deviceModels] = [byOne('qemu'), byOne('device-model')];
  if (ours.length > 0) {
    const { domain } = plan;
    const { directory } = options;
    const args = qemuArguments({ domain, chardevs: chardevsOf(ours), directory }, oldestQemu);
    lines.push(
      '# The QEMU that serves the rings. Its sockets are accessible to root only at first.',
      command('mkdir', '-p', '-m', '0700', directory),
      'umask 0177',
      `"\${QEMU:-${planQemu}}" \\`,
      ...pairs(args).map((pair) => `  ${pair.map(quoteForShell).join(' ')} \\`),
      '  -daemonize',
      `# To stop it: kill "$(cat ${quoteForShell(pidFileOf(directory))})"`,
      '',
    );
  }
  if (deviceModels.length > 0) {
    lines.push('# Add chardevs to the device model of the domain.');
    for (const { devid, chardev } of deviceModels) {
      const option = chardevOption(chardevIdOf(devid), chardev, oldestQemu);
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
      // A guest that owned the directory already could change its content before the chmod.
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

/** xenstore-write writes all of its arguments in one transaction. */
const inOneTransaction = (writes: readonly KeyWrite[]): string =>
  ['xenstore-write', ...writes.map(({ path, value }) => `  ${command(path, value)}`)].join(' \\\n');

const chmod = (path: string, permissions: Permissions): string =>
  command('xenstore-chmod', path, ...formatPermissions(permissions).split(','));

const command = (...words: readonly string[]): string => words.map(quoteForShell).join(' ');

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

/** A name may contain a newline; the text after it would be run as a command. */
const comment = (text: string): string => `# ${escapeControls(text)}`;
