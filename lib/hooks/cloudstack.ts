import { adapt } from '../adapt/adapt.js';
import { firstError, messageOf, parseHookOptions, type HookHost, type HookStatus } from './host.js';

/** The agent waits for the end of the hook before it reads, so all has to fit into the pipe (64 KiB). */
const pipeLimitBytes = 65_536;

/**
 * CloudStack's KVM agent (LibvirtKvmAgentHook): `transform XML`, the new XML on standard output.
 *
 * The agent takes standard error for output, and empty output for the XML: on success there is
 * the XML and nothing else. With any status but 0, or after 30 s, it goes on with the XML that it
 * had, and logs what was written.
 */
export function runCloudstackHook({ args, env, print, log }: HookHost): HookStatus {
  try {
    const [method, xml, ...others] = args;
    if (method !== 'transform' || xml === undefined || xml.trim() === '' || others.length > 0) {
      log("virt2xen: CloudStack's agent calls this hook with 'transform' and the domain XML");
      return 1;
    }
    const options = parseHookOptions(env['VIRT2XEN'] ?? '');
    if (options.off) {
      print(xml);
      return 0;
    }
    const result = adapt(xml, options);
    if (result.output === undefined) {
      log(`virt2xen: the guest is left as it is: ${firstError(result)}`);
      return 1;
    }
    const bytes = new TextEncoder().encode(result.output).length;
    if (bytes >= pipeLimitBytes) {
      log(`virt2xen: the guest is left as it is: its XML has ${bytes} bytes, too many for the agent's pipe`);
      return 1;
    }
    print(result.output);
    return 0;
  } catch (error) {
    log(`virt2xen: the guest is left as it is: ${messageOf(error)}`);
    return 1;
  }
}
