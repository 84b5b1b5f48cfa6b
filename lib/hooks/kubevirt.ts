import { adapt } from '../adapt/adapt.js';
import { firstError, messageOf, hookOptions, type HookHost, type HookStatus } from './host.js';

/**
 * KubeVirt's sidecar (cmd/sidecars): `onDefineDomain --vmi JSON --domain XML`, the new XML on
 * standard output. It is run at least once, often twice. If the exit status is not 0, the guest does
 * not start, and the sidecar logs standard error.
 *
 * The annotation `virt2xen` of the VirtualMachineInstance contains the options (host.ts).
 */
export function runKubevirtHook(host: HookHost): HookStatus {
  const { args, print, log } = host;
  try {
    const xml = argument(args, '--domain');
    if (xml === undefined || xml.trim() === '') {
      log('virt2xen: the sidecar has passed no domain XML');
      return 1;
    }
    const options = hookOptions(annotation(argument(args, '--vmi') ?? '{}'), host);
    if (options.off) {
      print(xml);
      return 0;
    }
    const result = adapt(xml, { ...options, reportsIgnored: false });
    if (result.output === undefined) {
      log(`virt2xen: domain XML rejected: ${firstError(result)}`);
      return 1;
    }
    print(result.output);
    return 0;
  } catch (error) {
    log(`virt2xen: domain XML rejected: ${messageOf(error)}`);
    return 1;
  }
}

/** The value of `--name value` or `--name=value`. */
function argument(args: readonly string[], name: string): string | undefined {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  const found = args[at];
  if (found === undefined) return undefined;
  return found === name ? args[at + 1] : found.slice(name.length + 1);
}

function annotation(vmi: string): string {
  const parsed = JSON.parse(vmi) as { metadata?: { annotations?: Record<string, unknown> } } | null;
  const value = parsed?.metadata?.annotations?.['virt2xen'];
  return typeof value === 'string' ? value : '';
}
