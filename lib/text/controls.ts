/**
 * Escapes what could move a terminal's cursor, change its colours, reorder a line or end it: a document must not be
 * able to. A tab is not escaped.
 */
export function escapeControls(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are the characters to replace
  return text.replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.charCodeAt(0).toString(16);
    return code.length > 2 ? `\\u${code.padStart(4, '0')}` : `\\x${code.padStart(2, '0')}`;
  });
}

/** The same for a message of several lines, which remain. */
export const escapeLines = (text: string): string => text.split('\n').map(escapeControls).join('\n');

/** A text in double quotes, for messages. */
export const quoted = (text: string): string => escapeControls(JSON.stringify(text));

/** Whether a text contains an ASCII control character, which names of domains and channels must not. */
// eslint-disable-next-line no-control-regex -- these are the characters to find
export const hasControls = (text: string): boolean => /[\x00-\x1f\x7f]/.test(text);
