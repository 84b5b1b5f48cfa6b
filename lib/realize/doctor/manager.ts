import { quoteForShell } from '../../text/shell.js';
import { error, ok, warning, type Finding } from './finding.js';
import type { ManagerFacts } from './manager-facts.js';

type ManagerCheck = (facts: ManagerFacts) => Finding | readonly Finding[];

/** What must hold before the hook of a manager helps, in the order in which an administrator would fix it. Pure. */
export const diagnoseManager = (facts: ManagerFacts): readonly Finding[] =>
  checks.flatMap((check) => check(facts));

const driver: ManagerCheck = ({ driver: { path, version } }) => {
  const check = 'libvirt driver';
  if (path === undefined) {
    const fix = 'install it (on Debian: package libvirt-daemon-driver-xen; EL 9 has none)';
    return error(check, "libvirt's Xen driver not found", fix);
  }
  return version === undefined
    ? warning(check, `${path}, but no libvirtd or virtxend to run it`, 'install the daemon of libvirt')
    : ok(check, `${path}, libvirt ${version}`);
};

const socket: ManagerCheck = ({ libvirtSocket }) => {
  const check = 'libvirt daemon';
  if (libvirtSocket !== undefined) return ok(check, `listening on ${libvirtSocket}`);
  return error(
    check,
    'neither libvirtd nor virtxend listens',
    'start and enable libvirtd or virtxend with systemctl',
  );
};

/** libvirt of 9.0 crashes with what a later release accepts; see docs/hooks.md. */
const release: ManagerCheck = ({ driver: { version }, configuredLibvirt }) => {
  const check = 'libvirt release';
  const [, installed] = /^(\d+\.\d+)/.exec(version ?? '') ?? [];
  if (installed === undefined || configuredLibvirt === undefined) return [];
  if (compare(configuredLibvirt, installed) <= 0)
    return ok(check, `guests are made for ${configuredLibvirt}`);
  const message = `guests are made for libvirt ${configuredLibvirt}, and ${installed} is installed`;
  return error(check, message, 'set host.libvirt in /etc/virt2xen/config.toml to the older release');
};

const compare = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

const connection: ManagerCheck = ({ manager, connection: facts }) => {
  const check = 'connection';
  if (manager === 'libvirt') return [];
  if (!facts) return error(check, `${names[manager]} is not installed`, `install ${names[manager]}`);
  const { file, uri } = facts;
  if (uri !== undefined && /^xen(?:\+\w+)?:\/\//.test(uri)) return ok(check, `${file} connects to ${uri}`);
  const actual = uri ?? 'qemu:///system, its default';
  const fix =
    manager === 'cloudstack'
      ? `set hypervisor.uri=xen:///system in ${file} and restart the agent`
      : 'VDSM has no setting for it: change the URI in this file to xen:///system after each upgrade of VDSM';
  return error(check, `${file} connects to ${actual}, where libvirt's Xen driver does not run`, fix);
};

const names = { vdsm: 'VDSM', cloudstack: "CloudStack's agent", libvirt: 'libvirt' } as const;

const hook: ManagerCheck = ({ manager, hooks }) => {
  const check = 'hook';
  const broken = hooks.find(({ state }) => state === 'not-runnable');
  if (broken)
    return error(check, `${broken.path} is not executable`, `chmod 755 ${quoteForShell(broken.path)}`);
  const present = hooks.filter(({ state }) => state === 'runnable');
  // CloudStack: a shell script or a Groovy script. libvirt: one for each driver; this host needs that of libxl.
  if (present.length > 0) return ok(check, present.map(({ path }) => path).join(', '));
  return error(check, 'not installed', `virt2xen hook install ${manager}`);
};

/** As VDSM's own channels: group kvm, inherited by new sockets. */
const socketDirectory: ManagerCheck = ({ manager, socketDirectory: directory }) => {
  const check = 'socket directory';
  if (!directory) return [];
  const { path, found } = directory;
  const isShared = manager === 'vdsm';
  const create = isShared ? `install -d -g kvm -m 2775 ${path}` : `install -d ${path}`;
  if (!found) return error(check, `${path} does not exist`, create);
  if (!isShared) return ok(check, path);
  if (found.group === 'kvm' && (found.mode & 0o2000) !== 0) return ok(check, `${path}, group kvm, inherited`);
  const mode = found.mode.toString(8).padStart(4, '0');
  return error(
    check,
    `${path} has group ${found.group} and mode ${mode}: VDSM cannot connect to the sockets in it`,
    create,
  );
};

const vncPasswords: ManagerCheck = ({ manager, hasDes }) => {
  const check = 'VNC passwords';
  if (hasDes === true) return ok(check, 'supported by the device model');
  if (manager === 'libvirt' || hasDes === undefined) return [];
  const fix = 'use a QEMU that is built with DES, or displays without passwords';
  const message = 'the device model is built without DES: a guest with a VNC password does not start';
  return manager === 'cloudstack'
    ? error(check, `${message}, and CloudStack sets one for every guest`, fix)
    : warning(check, message, fix);
};

const checks: readonly ManagerCheck[] = [
  driver,
  socket,
  release,
  connection,
  hook,
  socketDirectory,
  vncPasswords,
];
