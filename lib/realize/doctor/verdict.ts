import type { HostFacts } from './facts.js';

/** What a check found. */
export interface Verdict {
  /** What was looked at. */
  readonly check: string;
  /** `error`: channels cannot work so; `warning`: some may not. */
  readonly severity: 'ok' | 'warning' | 'error';
  readonly finding: string;
  /** What to do about it. */
  readonly mend?: string;
}

/** Looks at one thing. Pure: it asks nobody. */
export type Check = (facts: HostFacts) => Verdict | readonly Verdict[];

export const ok = (check: string, finding: string): Verdict => ({ check, severity: 'ok', finding });
export const warning = (check: string, finding: string, mend: string): Verdict => ({
  ...{ check, severity: 'warning', finding, mend },
});
export const error = (check: string, finding: string, mend: string): Verdict => ({
  ...{ check, severity: 'error', finding, mend },
});
