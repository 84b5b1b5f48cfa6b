import type { CalledProgram } from './facts.js';
import { bytesOf, socketPathLimit } from './socket-path.js';
import { error, ok, warning, type Check } from './verdict.js';

export const user: Check = ({ uid }) =>
  uid === 0
    ? ok('user', 'root')
    : error(
        'user',
        `user ${uid}, who may neither write to xenstore nor serve a guest`,
        'run virt2xen as root',
      );

export const hypervisor: Check = ({ hypervisor: { type, isControlDomain } }) => {
  const check = 'hypervisor';
  if (type !== 'xen') {
    const mend = 'boot the host with Xen (on Debian: package xen-system-amd64, then reboot)';
    return error(check, 'this system does not run on Xen', mend);
  }
  if (isControlDomain) return ok(check, 'Xen, and this is the control domain');
  const mend = 'run virt2xen in dom0; if this is dom0, mount xenfs on /proc/xen';
  return error(check, 'this is a guest of Xen, not the control domain', mend);
};

export const xenstored: Check = ({ store: { path, problem } }) => {
  const check = 'xenstored';
  if (!problem) return ok(check, `answers at ${path}`);
  const mend =
    problem.code === 'EACCES'
      ? 'run virt2xen as root'
      : 'start it (systemctl start xenstored, or service xen start), or say in XENSTORED_PATH where it is';
  return error(check, `does not answer at ${path}: ${problem.reason}`, mend);
};

export const qemu: Check = ({ qemu: found }) =>
  'path' in found
    ? ok('qemu', `${found.path}, release ${found.version}`)
    : error('qemu', found.problem, 'install a QEMU that is built for Xen, or name it with --qemu');

/** The longest path below a domain's directory, UUID/qemu/qmp.sock. */
const belowRuntimeDirectory = 1 + 36 + '/qemu/qmp.sock'.length;

export const runtimeDirectory: Check = ({ runtimeDirectory: { path, found }, uid }) => {
  const check = 'runtime directory';
  const excess = bytesOf(path) + belowRuntimeDirectory - socketPathLimit;
  if (excess > 0) {
    return error(
      check,
      `${path} is ${excess} bytes too long for the sockets in it`,
      'choose a shorter --runtime-dir',
    );
  }
  if (!found) return ok(check, `${path} will be made`);
  if (!found.isDirectory)
    return error(check, `${path} is no directory`, `remove it, or choose another --runtime-dir`);
  if (found.uid !== uid) {
    return error(check, `${path} belongs to user ${found.uid}`, `chown ${uid} ${path}`);
  }
  // Whoever may write to it could put another directory in the place of a domain's.
  if ((found.mode & 0o022) !== 0) {
    const mode = (found.mode & 0o7777).toString(8).padStart(4, '0');
    return error(check, `${path} can be written to by others (mode ${mode})`, `chmod go-w ${path}`);
  }
  return ok(check, path);
};

/** What each program is for, and what is the matter without it. */
const uses: Readonly<
  Record<CalledProgram, readonly [severity: 'warning' | 'error', use: string, source: string]>
> = {
  flock: ['error', 'attach and detach lock a domain with it', 'util-linux'],
  getent: ['warning', '--socket-owner looks up names with it', 'libc-bin'],
  ss: ['warning', 'status counts what waits in sockets with it', 'iproute2'],
};

export const programs: Check = ({ programs: present }) => {
  const names = Object.keys(uses) as CalledProgram[];
  const missing = names.filter((name) => !present[name]);
  if (missing.length === 0) return ok('programs', names.join(', '));
  return missing.map((name) => {
    const [severity, use, source] = uses[name];
    const mend = `install it (on Debian: package ${source})`;
    return { check: 'programs', severity, finding: `there is no ${name}: ${use}`, mend };
  });
};

/** xl up to 4.17 gives the first channel the number of the primary console, and libxl then refuses it. */
export const xl: Check = ({ xl: facts }) => {
  const check = 'xl';
  if (facts.first === 'kept') return ok(check, `${facts.program} creates every channel of a config`);
  if (facts.first === 'absent') return ok(check, 'there is none');
  if (facts.first === 'unknown') {
    const mend = 'run virt2xen doctor again as root, in dom0';
    return warning(
      check,
      `whether it loses the first channel of a config is not known: ${facts.reason}`,
      mend,
    );
  }
  const mend =
    'convert with --xen 4.17, or make the channels with virt2xen attach; Xen 4.21 and late releases of 4.18 to 4.20 have it mended';
  return warning(check, `${facts.program} loses the first channel of a config`, mend);
};

export const leftovers: Check = ({ leftovers: uuids, runtimeDirectory: { path } }) =>
  uuids.map((uuid) =>
    warning(
      'leftovers',
      `${path}/${uuid} is of a domain that is gone`,
      'the next virt2xen attach or detach of any domain removes it',
    ),
  );
