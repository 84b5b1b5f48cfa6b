import { adapt } from '../adapt/adapt.js';
import { firstError, messageOf, parseHookOptions, type HookHost, type HookStatus } from './host.js';

/** What VDSM makes of the exit status of a hook (lib/vdsm/common/hooks.py). */
const status = { done: 0, failedGoOn: 1, failedStop: 2 } as const;

/**
 * oVirt's VDSM, event before_vm_start: the only one whose XML VDSM takes. The file that
 * `_hook_domxml` names is changed in place. VDSM logs standard error. With any status but 0 the
 * guest does not start.
 *
 * The custom property `virt2xen` comes as a variable of that name (host.ts has its words).
 */
export function runVdsmHook({ env, readFile, rewriteFile, log }: HookHost): HookStatus {
  try {
    const options = parseHookOptions(env['virt2xen'] ?? '');
    const path = env['_hook_domxml'];
    if (path === undefined) {
      log('virt2xen: there is no _hook_domxml in the environment; this is a hook for before_vm_start');
      return status.failedStop;
    }
    if (options.off) return status.done;
    const input = readFile(path);
    // Events without a domain give an empty file.
    if (input.length === 0) return status.done;
    const result = adapt(input, options);
    if (result.output === undefined) {
      log(`virt2xen: the guest is left as it is: ${firstError(result)}`);
      return status.failedGoOn;
    }
    if (result.edits?.length !== 0) rewriteFile(path, result.output);
    for (const { severity, message } of result.diagnostics) {
      if (severity === 'warning') log(`virt2xen: ${message}`);
    }
    return status.done;
  } catch (error) {
    log(`virt2xen: the guest is left as it is: ${messageOf(error)}`);
    return status.failedStop;
  }
}
