/** Quotes a word for the shell, if it needs it. */
export const quote = (word: string): string =>
  /^[-+=:,./\w]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
