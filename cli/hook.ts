import { closeSync, ftruncateSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { runCloudstackHook } from '../lib/hooks/cloudstack.js';
import type { HookHost, HookSettings } from '../lib/hooks/host.js';
import { runKubevirtHook } from '../lib/hooks/kubevirt.js';
import { runLibvirtHook, type ChannelAttachment, type LibvirtDriver } from '../lib/hooks/libvirt.js';
import { runVdsmHook } from '../lib/hooks/vdsm.js';
import { ConfigError, hostSettings } from './config/file.js';
import type { Settings } from './config/settings.js';
import { exitCodes } from './exit-codes.js';
import { omitUndefined } from '../lib/language/omit-undefined.js';
import { print } from './terminal.js';

/**
 * `virt2xen hook MANAGER ARGS`, as managers run it. Without yargs: the arguments are those of the
 * manager, and the start of a guest waits for the hook.
 * @returns the exit status, as the manager expects it
 */
export async function runHook([manager, ...args]: readonly string[]): Promise<number> {
  const settings = await readSettings();
  const host: HookHost = {
    settings: () => hookSettings(settings()),
    env: process.env,
    args,
    readInput: readStandardInput,
    readFile: (path) => readFileSync(path),
    rewriteFile,
    print: (text) => print('stdout', text),
    log: (line) => print('stderr', `${line}\n`),
  };
  switch (manager) {
    case 'vdsm':
      return runVdsmHook(host);
    case 'cloudstack':
      return runCloudstackHook(host);
    case 'kubevirt':
      return runKubevirtHook(host);
    case 'libvirt': {
      const [driver, ...rest] = args;
      if (driver === 'libxl' || driver === 'qemu')
        return await runLibvirtHook(
          driver,
          { ...host, args: rest, settings: () => settingsFor(driver, settings()) },
          attachmentWith(settings),
        );
      host.log(
        'virt2xen: hook libvirt requires the driver name, libxl or qemu, before the arguments of libvirt',
      );
      return exitCodes.usage;
    }
    default:
      host.log(`virt2xen: unknown hook '${manager ?? ''}'`);
      return exitCodes.usage;
  }
}

/**
 * Reads the configuration file of the host. Its errors are those of the operations that use it: a guest to which it does not
 * matter, and a running one, are not affected.
 */
async function readSettings(): Promise<() => Settings> {
  try {
    const settings = await hostSettings(process.env);
    return () => settings;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return () => {
      throw new Error(error.inOneLine);
    };
  }
}

/** Devices are not dropped on the way back to KVM. */
const settingsFor = (driver: LibvirtDriver, settings: Settings): HookSettings =>
  driver === 'qemu' ? { ...hookSettings(settings), drop: [] } : hookSettings(settings);

function hookSettings({
  network,
  pool,
  userBridge,
  libvirt,
  drop,
  transport,
  sparePorts,
}: Settings): HookSettings {
  return omitUndefined({
    networks: network,
    pools: pool,
    userBridge,
    libvirt,
    drop,
    hvmDefaults: omitUndefined({ transport, sparePorts }),
  });
}

/** Loaded on use: most guests have no channels to attach. */
const attachmentWith = (settings: () => Settings): ChannelAttachment => ({
  attach: async (domain, channels) => {
    const { socketMode, socketOwner } = settings();
    const { attachChannels } = await import('./hook-channels.js');
    await attachChannels(domain, channels, { socketMode, socketOwner });
  },
  detach: async (domain) => {
    const { detachChannels } = await import('./hook-channels.js');
    await detachChannels(domain);
  },
});

/** Node's stream takes milliseconds to set up; it is used only if the descriptor does not block. */
async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(65_536);
      const length = readSync(0, chunk);
      if (length === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, length));
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EOF') return Buffer.concat(chunks);
    if (code !== 'EAGAIN') throw error;
  }
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Writes to the same inode, because the manager may have it open; restores the content if the disk is full. */
function rewriteFile(path: string, text: string, before: Uint8Array): void {
  try {
    overwrite(path, Buffer.from(text));
  } catch (error) {
    overwrite(path, before);
    throw error;
  }
}

/** Does not truncate the file first: ext4 would write its new content to the disk at once. */
function overwrite(path: string, content: Uint8Array): void {
  const file = openSync(path, 'r+');
  try {
    for (let at = 0; at < content.length;) at += writeSync(file, content, at);
    ftruncateSync(file, content.length);
  } finally {
    closeSync(file);
  }
}
