import { channels } from './channels.js';
import type { HostFacts } from './facts.js';
import { hypervisor, leftovers, programs, qemu, runtimeDirectory, user, xenstored, xl } from './host.js';
import { ports } from './ports.js';
import type { Check, Finding } from './finding.js';

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
  ports,
];

/** Runs all checks. Successful checks have a result, too. */
export const diagnose = (facts: HostFacts): readonly Finding[] => checks.flatMap((check) => check(facts));
