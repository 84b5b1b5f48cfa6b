import { adapt, type Hypervisor } from '../adapt/adapt.js';
import { channelsSetAside } from '../adapt/metadata.js';
import { Report } from '../diagnostics/diagnostic.js';
import { decodeInput } from '../document/input.js';
import { omitUndefined } from '../language/omit-undefined.js';
import { parseXml } from '../libvirt/xml/parse.js';
import type { Channel } from '../model/channel.js';
import { firstError, messageOf, oneLine, hookOptions, type HookHost, type HookStatus } from './host.js';

/** The libvirt drivers with this hook, named as their files in /etc/libvirt/hooks. */
export type LibvirtDriver = 'libxl' | 'qemu';

const hypervisorOf: Readonly<Record<LibvirtDriver, Hypervisor>> = { libxl: 'xen', qemu: 'kvm' };

/** Attaches and detaches the channels of a running domain, without libvirt, which waits for the hook. */
export interface ChannelAttachment {
  readonly attach: (domain: RunningDomain, channels: readonly Channel[]) => Promise<void>;
  readonly detach: (domain: RunningDomain) => Promise<void>;
}

export interface RunningDomain {
  readonly name: string;
  readonly uuid?: string;
  /** Its domain id; absent if it has stopped. */
  readonly domid?: number;
}

/**
 * The hook of a libvirt driver (virhook.c): arguments NAME OPERATION SUBOPERATION EXTRA, the XML on
 * standard input. For `migrate begin` and `restore begin` it is a filter: it prints the XML to use, or nothing
 * to use the XML unchanged; an exit status other than 0 cancels the operation. For other operations the output
 * is ignored, and an exit status other than 0 can kill the guest, so the hook always succeeds. When a Xen
 * domain has started, it attaches the channels that `adapt` deferred.
 */
export async function runLibvirtHook(
  driver: LibvirtDriver,
  host: HookHost,
  attachment?: ChannelAttachment,
): Promise<HookStatus> {
  const { args, env, readInput, print, log } = host;
  const [name = '', operation = '', suboperation = ''] = args;
  const isFilter = (operation === 'migrate' || operation === 'restore') && suboperation === 'begin';
  try {
    // Required: libvirt blocks until the hook has read all of it.
    const input = await readInput();
    if (isFilter) {
      const options = hookOptions(env['VIRT2XEN'] ?? '', host);
      if (options.off || input.length === 0) return 0;
      const result = adapt(input, { ...options, to: hypervisorOf[driver], reportsIgnored: false });
      if (result.output === undefined) {
        const what = operation === 'migrate' ? 'migration' : 'restore';
        log(`virt2xen: ${what} of ${oneLine(name)} rejected: ${firstError(result)}`);
        return 1;
      }
      if (result.edits?.length !== 0) print(result.output);
      return 0;
    }
    if (driver === 'libxl' && attachment) await followDomain(operation, name, input, attachment);
    return 0;
  } catch (error) {
    log(`virt2xen: ${oneLine(name)}: ${messageOf(error)}`);
    return isFilter ? 1 : 0;
  }
}

async function followDomain(
  operation: string,
  name: string,
  input: Uint8Array,
  { attach, detach }: ChannelAttachment,
): Promise<void> {
  if (operation !== 'started' && operation !== 'stopped') return;
  const report = new Report();
  const root = parseXml(decodeInput(input, {}, report), report);
  if (!root) return;
  const channels = channelsSetAside(root, report);
  if (channels.length === 0) return;
  const uuid = root.child('uuid')?.text();
  const id = root.attribute('id');
  const domain: RunningDomain = omitUndefined({
    name,
    uuid,
    domid: id !== undefined && /^[0-9]{1,5}$/.test(id) ? Number(id) : undefined,
  });
  if (operation === 'started') await attach(domain, channels);
  else await detach(domain);
}
