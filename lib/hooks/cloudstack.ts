import { adapt } from '../adapt/adapt.js';
import { firstError, messageOf, hookOptions, type HookHost, type HookStatus } from './host.js';

/** The agent reads only after the hook has exited, so the output must fit into the pipe (64 KiB). */
const pipeLimitBytes = 65_536;

/**
 * CloudStack's KVM agent (LibvirtKvmAgentHook): `transform XML`, the new XML on standard output.
 *
 * The agent mixes standard error into the output, and uses an empty output as the XML: on success the hook
 * prints the XML only. If the exit status is not 0, or after 30 s, the agent logs the output and uses the
 * original XML.
 */
export function runCloudstackHook(host: HookHost): HookStatus {
  const { args, env, print, log } = host;
  try {
    const [method, xml, ...others] = args;
    if (method !== 'transform' || xml === undefined || xml.trim() === '' || others.length > 0) {
      log("virt2xen: this hook requires the arguments 'transform' and the domain XML");
      return 1;
    }
    const options = hookOptions(env['VIRT2XEN'] ?? '', host);
    if (options.off) {
      print(xml);
      return 0;
    }
    const result = adapt(xml, { ...options, reportsIgnored: false });
    if (result.output === undefined) {
      log(`virt2xen: domain XML not changed: ${firstError(result)}`);
      return 1;
    }
    const bytes = new TextEncoder().encode(result.output).length;
    if (bytes >= pipeLimitBytes) {
      log(`virt2xen: domain XML not changed: the result of ${bytes} bytes exceeds the agent's pipe (64 KiB)`);
      return 1;
    }
    print(result.output);
    return 0;
  } catch (error) {
    log(`virt2xen: domain XML not changed: ${messageOf(error)}`);
    return 1;
  }
}
