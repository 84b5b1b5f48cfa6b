export const lifecycleActions = [
  'destroy',
  'restart',
  'rename-restart',
  'preserve',
  'coredump-destroy',
  'coredump-restart',
] as const;
export type LifecycleAction = (typeof lifecycleActions)[number];

/** What happens when the guest stops. */
export interface Lifecycle {
  readonly poweroff: LifecycleAction;
  readonly reboot: LifecycleAction;
  readonly crash: LifecycleAction;
}

/**
 * libvirt's XML supports a core dump after a crash only (its schema; the driver's virDomainLifecycleAction):
 * without the dump, the action is the same.
 */
export const withoutCoreDump = (action: LifecycleAction): LifecycleAction =>
  action === 'coredump-destroy' ? 'destroy' : action === 'coredump-restart' ? 'restart' : action;
