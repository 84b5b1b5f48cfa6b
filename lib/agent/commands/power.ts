/** The guest's power state. No command has a reply on success: send them with `AgentSession.depart`. */
import type { AgentRequest } from '../request.js';
import { nothing } from '../value.js';

export type ShutdownMode = 'halt' | 'powerdown' | 'reboot';

/** Asks the guest to shut down: the agent runs its `shutdown`. */
export const shutdown = (mode: ShutdownMode): AgentRequest<void> => ({
  name: 'guest-shutdown',
  arguments: { mode },
  read: nothing,
});

export type SuspendMode = 'disk' | 'ram' | 'hybrid';

/** Asks the guest to suspend: the agent tries systemd, pm-utils and sysfs. */
export const suspend = (mode: SuspendMode): AgentRequest<void> => ({
  name: `guest-suspend-${mode}`,
  read: nothing,
});
