import { execFile } from 'node:child_process';
import { access, constants, lstat, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CheckedManager, ManagerFacts } from '../doctor/manager-facts.js';

/** What to inspect. */
export interface ManagerPlaces {
  /** The directory that everything is below (default: `/`). */
  readonly root?: string;
  /** The device model; absent: none was found. */
  readonly qemu?: string | undefined;
  readonly configuredLibvirt?: string | undefined;
}

/** Inspects what a manager needs of this host, and changes nothing. */
export async function gatherManagerFacts(
  manager: CheckedManager,
  { root = '/', qemu, configuredLibvirt }: ManagerPlaces,
): Promise<ManagerFacts> {
  const at = (path: string): string => join(root, path);
  const connection = await connectionOf(manager, at);
  const libvirtSocket = await firstThat(sockets, async (path) => (await lstat(at(path))).isSocket());
  const directory = await socketDirectoryOf(manager, at);
  const hasDes = qemu === undefined ? undefined : await supportsDes(qemu);
  return {
    manager,
    hooks: await Promise.all(hookPaths[manager].map((path) => hookState(path, at(path)))),
    driver: await driverOf(at),
    ...(libvirtSocket !== undefined && { libvirtSocket }),
    ...(configuredLibvirt !== undefined && { configuredLibvirt }),
    ...(directory && { socketDirectory: directory }),
    ...(connection && { connection }),
    ...(hasDes !== undefined && { hasDes }),
  };
}

type At = (path: string) => string;

/** Where hook install writes. */
const hookPaths: Readonly<Record<CheckedManager, readonly string[]>> = {
  vdsm: ['/usr/libexec/vdsm/hooks/before_vm_start/50_virt2xen'],
  cloudstack: ['sh', 'groovy'].map((end) => `/etc/cloudstack/agent/hooks/libvirt-vm-xml-transformer.${end}`),
  libvirt: ['/etc/libvirt/hooks/libxl.d/50-virt2xen'],
};

async function hookState(path: string, file: string): Promise<ManagerFacts['hooks'][number]> {
  const status = await stat(file).catch(() => undefined);
  if (!status) return { path, state: 'absent' };
  // The agent reads a Groovy script; it does not run it.
  const isRunnable = path.endsWith('.groovy') || (status.mode & 0o111) !== 0;
  return { path, state: isRunnable ? 'runnable' : 'not-runnable' };
}

const sockets = ['/run/libvirt/virtxend-sock', '/run/libvirt/libvirt-sock'];

async function firstThat(
  paths: readonly string[],
  test: (path: string) => Promise<boolean>,
): Promise<string | undefined> {
  for (const path of paths) if (await test(path).catch(() => false)) return path;
  return undefined;
}

/** The driver is a module in a directory that depends on the distribution. */
async function driverOf(at: At): Promise<ManagerFacts['driver']> {
  const multiarch = (await namesIn(at('/usr/lib'))).filter((name) => name.endsWith('-linux-gnu'));
  const libraries = ['/usr/lib64', ...multiarch.map((name) => `/usr/lib/${name}`), '/usr/lib'];
  const modules = libraries.map((library) => `${library}/libvirt/connection-driver/libvirt_driver_libxl.so`);
  const path = await firstThat(modules, async (module) => (await stat(at(module))).isFile());
  const daemon = await firstThat(['/usr/sbin/virtxend', '/usr/sbin/libvirtd'], async (program) => {
    await access(at(program), constants.X_OK);
    return true;
  });
  const version = daemon === undefined ? undefined : await versionOf(at(daemon));
  return { ...(path !== undefined && { path }), ...(version !== undefined && { version }) };
}

/** `libvirtd (libvirt) 9.0.0` */
async function versionOf(daemon: string): Promise<string | undefined> {
  const output = await run(daemon, ['--version']);
  return /(\d+\.\d+\.\d+)/.exec(output)?.[1];
}

async function connectionOf(manager: CheckedManager, at: At): Promise<ManagerFacts['connection']> {
  if (manager === 'cloudstack') {
    const file = '/etc/cloudstack/agent/agent.properties';
    const text = await readFile(at(file), 'utf8').catch(() => undefined);
    if (text === undefined) return undefined;
    const uri = propertyOf(text, 'hypervisor.uri');
    return { file, ...(uri !== undefined && { uri }) };
  }
  if (manager !== 'vdsm') return undefined;
  for (const python of (await namesIn(at('/usr/lib')))
    .filter((name) => /^python3\.\d+$/.test(name))
    .sort()
    .reverse()) {
    const file = `/usr/lib/${python}/site-packages/vdsm/common/libvirtconnection.py`;
    const text = await readFile(at(file), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    // VDSM passes the URI as a text: libvirt.openAuth, 'qemu:///system'.
    const uri = /['"]([a-z+]+:\/\/\/system)['"]/.exec(text)?.[1];
    return { file, ...(uri !== undefined && { uri }) };
  }
  return undefined;
}

async function socketDirectoryOf(manager: CheckedManager, at: At): Promise<ManagerFacts['socketDirectory']> {
  if (manager === 'libvirt') return undefined;
  const path = manager === 'vdsm' ? '/var/lib/libvirt/qemu/channels' : await cloudstackSockets(at);
  const status = await stat(at(path)).catch(() => undefined);
  if (!status?.isDirectory()) return { path };
  return { path, found: { group: await groupName(status.gid, at), mode: status.mode & 0o7777 } };
}

/** `qemu.sockets.path` of agent.properties. */
async function cloudstackSockets(at: At): Promise<string> {
  const text = await readFile(at('/etc/cloudstack/agent/agent.properties'), 'utf8').catch(() => '');
  return propertyOf(text, 'qemu.sockets.path') ?? '/var/lib/libvirt/qemu';
}

/** A value of a file that java.util.Properties reads: the last of a name counts. */
function propertyOf(text: string, name: string): string | undefined {
  const key = name.replaceAll('.', '\\.');
  const lines = text.matchAll(new RegExp(`^[ \\t]*${key}(?:[ \\t]*[=:][ \\t]*|[ \\t]+)(\\S+)`, 'gm'));
  return [...lines].at(-1)?.[1];
}

async function groupName(gid: number, at: At): Promise<string> {
  const groups = await readFile(at('/etc/group'), 'utf8').catch(() => '');
  return new RegExp(`^([^:]+):[^:]*:${gid}:`, 'm').exec(groups)?.[1] ?? String(gid);
}

/** QEMU checks at its start whether it can check VNC passwords. It runs no guest, and quits at once. */
async function supportsDes(qemu: string): Promise<boolean | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'virt2xen-'));
  try {
    const vnc = `unix:${join(directory, 'vnc')},password=on`;
    const words = ['-machine', 'none', '-accel', 'qtest', '-nodefaults', '-S', '-display', 'none'];
    const output = await run(qemu, [...words, '-vnc', vnc, '-monitor', 'stdio'], 'quit\n');
    if (output.includes('does not support DES')) return false;
    return output.includes('QEMU') ? true : undefined;
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** What a program prints, whether it succeeds or not. */
async function run(program: string, args: readonly string[], input = ''): Promise<string> {
  const running = promisify(execFile)(program, args, { timeout: 10_000 });
  running.child.stdin?.on('error', () => undefined).end(input);
  return await running.then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: unknown) =>
      error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' ? error.stderr : '',
  );
}

const namesIn = (directory: string): Promise<readonly string[]> => readdir(directory).catch(() => []);
