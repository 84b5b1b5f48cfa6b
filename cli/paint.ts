import { styleText } from 'node:util';
import type { Severity } from '../lib/diagnostics/codes.js';
import { terminal } from './terminal.js';

const styles = { error: 'red', warning: 'yellow', info: 'cyan', dim: 'dim' } as const;

/** Asked at the first text, once: most files of a long run have nothing to tell. */
let hasColors: boolean | undefined;

/** Colours a text if standard error is a terminal with colours and NO_COLOR is not set. */
export function paint(text: string, severity: Severity | 'dim'): string {
  hasColors ??= terminal('stderr')?.hasColors() ?? false;
  return hasColors ? styleText(styles[severity], text) : text;
}
