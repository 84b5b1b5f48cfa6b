import { maximumSocketPathBytes } from '../../model/limits.js';
import { quoteForShell } from '../../text/shell.js';
import type { CalledProgram } from './facts.js';
import { bytesOf } from './socket-path.js';
import { error, ok, warning, type Check } from './finding.js';

export const user: Check = ({ uid }) =>
  uid === 0
    ? ok('user', 'root')
    : error(
        'user',
        `running as user ${uid}, without access to xenstore and guest memory`,
        'run virt2xen as root',
      );

export const hypervisor: Check = ({ hypervisor: { type, isControlDomain } }) => {
  const check = 'hypervisor';
  if (type !== 'xen') {
    const fix = 'boot the host with Xen (on Debian: install xen-system-amd64 and reboot)';
    return error(check, 'not running on Xen', fix);
  }
  if (isControlDomain) return ok(check, 'Xen control domain');
  const fix = 'run virt2xen in dom0; if this is dom0, mount xenfs on /proc/xen';
  return error(check, 'running in a Xen guest, not in the control domain', fix);
};

export const xenstored: Check = ({ store: { path, problem } }) => {
  const check = 'xenstored';
  if (!problem) return ok(check, `listening on ${path}`);
  const fix =
    problem.code === 'EACCES'
      ? 'run virt2xen as root'
      : 'start xenstored (systemctl start xenstored, or service xen start), or set XENSTORED_PATH';
  return error(check, `no answer on ${path}: ${problem.reason}`, fix);
};

export const qemu: Check = ({ qemu: found }) =>
  'path' in found
    ? ok('qemu', `${found.path}, version ${found.version}`)
    : error('qemu', found.problem, 'install a QEMU with Xen support (on Debian: package qemu-system-xen)');

/** The longest path below a domain's directory, UUID/qemu/qmp.sock. */
const belowRuntimeDirectory = 1 + 36 + '/qemu/qmp.sock'.length;

export const runtimeDirectory: Check = ({ runtimeDirectory: { path, found }, uid }) => {
  const check = 'runtime directory';
  const excess = bytesOf(path) + belowRuntimeDirectory - maximumSocketPathBytes;
  if (excess > 0) {
    return error(
      check,
      `${path} is ${excess} bytes too long for socket paths below it`,
      'use a shorter path',
    );
  }
  if (!found) return ok(check, `${path} does not exist; it will be created`);
  if (!found.isDirectory) return error(check, `${path} is not a directory`, 'remove it, or use another path');
  if (found.uid !== uid) {
    return error(check, `${path} is owned by user ${found.uid}`, `chown ${uid} ${quoteForShell(path)}`);
  }
  // A user who can write to it could replace the directory of a domain.
  if ((found.mode & 0o022) !== 0) {
    const mode = (found.mode & 0o7777).toString(8).padStart(4, '0');
    return error(
      check,
      `${path} is writable by other users (mode ${mode})`,
      `chmod go-w ${quoteForShell(path)}`,
    );
  }
  return ok(check, path);
};

/** What each program is needed for, and the severity if it is missing. */
const uses: Readonly<
  Record<CalledProgram, readonly [severity: 'warning' | 'error', use: string, source: string]>
> = {
  flock: ['error', 'attach and detach require it to lock a domain', 'util-linux'],
  getent: ['warning', 'attach requires it to look up socket owners by name', 'libc-bin'],
  ss: ['warning', 'status requires it to show clients and buffered bytes', 'iproute2'],
};

export const programs: Check = ({ programs: present }) => {
  const names = Object.keys(uses) as CalledProgram[];
  const missing = names.filter((name) => !present[name]);
  if (missing.length === 0) return ok('programs', names.join(', '));
  return missing.map((name) => {
    const [severity, use, source] = uses[name];
    const fix = `install ${name} (on Debian: package ${source})`;
    return { check: 'programs', severity, message: `${name} not found: ${use}`, fix };
  });
};

/** xl 4.17 and older give the first channel device id 0, that of the primary console, and libxl drops it. */
export const xl: Check = ({ xl: facts }) => {
  const check = 'xl';
  if (facts.first === 'created') return ok(check, `${facts.program} creates every channel of a config`);
  if (facts.first === 'absent') return ok(check, 'not installed');
  if (facts.first === 'unknown') {
    const fix = 'run virt2xen doctor as root in dom0';
    return warning(
      check,
      `cannot check whether xl drops the first channel of a config: ${facts.reason}`,
      fix,
    );
  }
  const fix =
    'convert for Xen 4.17, which adds a placeholder, or use virt2xen attach; fixed in Xen 4.21 and in late releases of 4.18 to 4.20';
  return warning(check, `${facts.program} drops the first channel of a config`, fix);
};

export const leftovers: Check = ({ leftovers: uuids, runtimeDirectory: { path } }) =>
  uuids.map((uuid) =>
    warning(
      'leftovers',
      `${path}/${uuid} belongs to a domain that no longer exists`,
      'run virt2xen attach or detach for any domain, which removes it',
    ),
  );
