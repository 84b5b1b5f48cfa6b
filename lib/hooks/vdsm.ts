import { adapt } from '../adapt/adapt.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { firstError, messageOf, oneLine, hookOptions, type HookHost, type HookStatus } from './host.js';

/** The exit statuses of a VDSM hook (lib/vdsm/common/hooks.py). */
const status = { done: 0, failedGoOn: 1, failedStop: 2 } as const;

/**
 * oVirt's VDSM, event before_vm_start: the only event whose XML VDSM reads back. The hook edits the file
 * named by `_hook_domxml`. VDSM logs standard error. If the exit status is not 0, the guest does not start.
 *
 * The custom property `virt2xen` is passed in an environment variable of that name (see host.ts).
 */
export function runVdsmHook(host: HookHost): HookStatus {
  const { env, readFile, rewriteFile, log } = host;
  try {
    const options = hookOptions(env['virt2xen'] ?? '', host);
    const path = env['_hook_domxml'];
    if (path === undefined) {
      log('virt2xen: _hook_domxml is not set; install this hook for before_vm_start');
      return status.failedStop;
    }
    if (options.off) return status.done;
    const input = readFile(path);
    // The file is empty for events without a domain.
    if (input.length === 0) return status.done;
    const result = adapt(input, options);
    if (result.output === undefined) {
      log(`virt2xen: domain XML not changed: ${firstError(result)}`);
      return status.failedGoOn;
    }
    if (result.edits?.length !== 0) rewriteFile(path, result.output, input);
    const lines = [...warningsOf(result.diagnostics)].map(
      ([message, count]) => `virt2xen: ${oneLine(message)}${count > 1 ? ` (${count} times)` : ''}`,
    );
    if (lines.length > 0) log(lines.join('\n'));
    return status.done;
  } catch (error) {
    log(`virt2xen: domain XML not changed: ${messageOf(error)}`);
    return status.failedStop;
  }
}

/** Each warning once, with its count: a guest of 25 disks has most of them 25 times. */
function warningsOf(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { severity, message } of diagnostics) {
    if (severity === 'warning') counts.set(message, (counts.get(message) ?? 0) + 1);
  }
  return counts;
}
