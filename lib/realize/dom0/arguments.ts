import { readFile } from 'node:fs/promises';
import { RealizeError } from '../error.js';
import { homeOf } from '../keys.js';
import { declaredPorts, type DeclaredPorts } from '../ports.js';
import type { Nodes } from '../xenstore/nodes.js';
import { below } from '../xenstore/path.js';
import { foreignDeviceModel } from './device-model-pid.js';
import type { RunningDomain } from './domain.js';

/**
 * The virtio-serial ports that a domain was started with, from the command line of its device model. libxl restores
 * the guest from the config that gave these arguments.
 *
 * @throws RealizeError `backend` if no device model runs in dom0
 */
export async function portsAtStart(store: Nodes, domain: RunningDomain): Promise<DeclaredPorts> {
  const { domid, name } = domain;
  const refuse = (why: string): never => {
    throw new RealizeError('backend', `domain ${domid} (${name}) cannot have virtio-serial ports: ${why}`);
  };
  if ((await store.read(below(homeOf(domid), 'image', 'device-model-domid'))) !== undefined)
    return refuse('its device model runs in a stubdomain, whose sockets and files are not those of the host');
  const pid = await foreignDeviceModel(store, domid);
  const args = pid === undefined || !/^[0-9]+$/.test(pid) ? undefined : await argumentsOf(Number(pid), domid);
  return args ? declaredPorts(args) : refuse('no device model of libxl is running');
}

/** The arguments of the QEMU that serves a domain; undefined if the process is another, or has exited. */
export async function argumentsOf(pid: number, domid: number): Promise<readonly string[] | undefined> {
  const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const args = text.split('\0').slice(1, -1);
  return args[args.indexOf('-xen-domid') + 1] === String(domid) ? args : undefined;
}
