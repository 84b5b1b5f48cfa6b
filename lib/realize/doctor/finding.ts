import type { HostFacts } from './facts.js';

/** The result of one check. */
export interface Finding {
  /** What was checked. */
  readonly check: string;
  /** `error`: channels cannot work; `warning`: some channels may not work. */
  readonly severity: 'ok' | 'warning' | 'error';
  readonly message: string;
  /** How to fix it. */
  readonly fix?: string;
}

/** One check. Pure. */
export type Check = (facts: HostFacts) => Finding | readonly Finding[];

export const ok = (check: string, message: string): Finding => ({ check, severity: 'ok', message });
export const warning = (check: string, message: string, fix: string): Finding => ({
  ...{ check, severity: 'warning', message, fix },
});
export const error = (check: string, message: string, fix: string): Finding => ({
  ...{ check, severity: 'error', message, fix },
});
