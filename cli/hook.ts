import { readFileSync, readSync, writeFileSync } from 'node:fs';
import { runCloudstackHook } from '../lib/hooks/cloudstack.js';
import type { HookHost } from '../lib/hooks/host.js';
import { runKubevirtHook } from '../lib/hooks/kubevirt.js';
import { runLibvirtHook, type ChannelAttachment } from '../lib/hooks/libvirt.js';
import { runVdsmHook } from '../lib/hooks/vdsm.js';
import { exitCodes } from './exit-codes.js';
import { print } from './terminal.js';

/**
 * `virt2xen hook MANAGER ARGS`, as managers run it. Without yargs: the arguments are those of the
 * manager, and the start of a guest waits for the hook.
 * @returns the exit status, as the manager expects it
 */
export async function runHook([manager, ...args]: readonly string[]): Promise<number> {
  const host: HookHost = {
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
        return await runLibvirtHook(driver, { ...host, args: rest }, attachment);
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

/** Loaded on use: most guests have no channels to attach. */
const attachment: ChannelAttachment = {
  attach: async (domain, channels) => {
    const { channelAttachment } = await import('./hook-channels.js');
    await channelAttachment.attach(domain, channels);
  },
  detach: async (domain) => {
    const { channelAttachment } = await import('./hook-channels.js');
    await channelAttachment.detach(domain);
  },
};

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
function rewriteFile(path: string, text: string): void {
  const before = readFileSync(path);
  try {
    writeFileSync(path, text);
  } catch (error) {
    writeFileSync(path, before);
    throw error;
  }
}
