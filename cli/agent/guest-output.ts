import { escapeControls } from '../../lib/text/controls.js';
import { print, terminal } from '../terminal.js';

/**
 * Writes bytes of a guest: unchanged to a file or pipe; to a terminal with escaped control characters, since a
 * guest must not be able to control it.
 */
export function writeFromGuest(output: 'stdout' | 'stderr', bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  if (!terminal(output)) return print(output, bytes);
  const lines = new TextDecoder().decode(bytes).replace(/\r\n/g, '\n').split('\n');
  print(output, lines.map(escapeControls).join('\n'));
}
