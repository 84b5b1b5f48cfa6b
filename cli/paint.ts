import { styleText } from 'node:util';
import type { Severity } from '../lib/diagnostics/codes.js';
import { terminal } from './terminal.js';

const styles = { error: 'red', warning: 'yellow', info: 'cyan', dim: 'dim' } as const;

/** Colours if standard error is a terminal with colours and NO_COLOR is not set. */
export function painter(): (text: string, severity: Severity | 'dim') => string {
  if (!terminal('stderr')?.hasColors()) return (text) => text;
  return (text, severity) => styleText(styles[severity], text);
}
