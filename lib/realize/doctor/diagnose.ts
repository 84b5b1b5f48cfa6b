import { channels } from './channels.js';
import type { HostFacts } from './facts.js';
import { hypervisor, leftovers, programs, qemu, runtimeDirectory, user, xenstored, xl } from './host.js';
import type { Check, Verdict } from './verdict.js';

const checks: readonly Check[] = [
  user,
  hypervisor,
  xenstored,
  qemu,
  runtimeDirectory,
  programs,
  xl,
  leftovers,
  channels,
];

/** Looks at everything. What is as it should be gets a verdict, too. */
export const diagnose = (facts: HostFacts): readonly Verdict[] => checks.flatMap((check) => check(facts));
