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
